// Small comforts. Everything works without them.

import "./code.js";
import "./contents.js";
import "./crumbs.js";
import "./drawers.js";
import "./keys.js";
import "./mentions.js";
import "./tree.js";
