"""How fast Strata is, measured from outside: real processes, real files, HTTP.

``python -m benchmarks`` (or ``make bench``) does it. In the order in which things happen:

* ``made_vault``: a vault of any size, the same each time;
* ``places``: which notes to ask for and which words to search, drawn from whatever vault it is;
* ``client``: a lean HTTP client, so that the client is not what is measured;
* ``servers``: Strata and a bare Flask application, as processes that end with the run;
* ``bare``: that bare application;
* ``figures``: one function for each thing that is measured;
* ``report``: the table.

``python -m benchmarks.reading`` measures pages for reading in a vault with a note that everybody links to.
"""
