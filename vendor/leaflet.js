// The package's main file is none that exports anything.
export {
  circleMarker, control, divIcon, map, marker, polygon, polyline, tileLayer,
} from "leaflet/dist/leaflet-src.esm.js";
