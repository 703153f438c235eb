// What draws the map of the notes comes only to the page that has one.

if (document.querySelector("#map")) import("../parts/graph.js");
if (document.querySelector(".around")) import("../parts/around.js");
