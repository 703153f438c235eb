// Small comforts. Everything works without them.

import "./code.js";
import "./commands.js";
import "./contents.js";
import "./crumbs.js";
import "./drawers.js";
import "./drawings.js";
import "./graph.js";
import "./live.js";
import "./maps.js";
import "./mentions.js";
import "./passkeys.js";
import "./tree.js";
import "./preview.js";
import "./search.js";
import "./switcher.js";
