-- The catalog of one tier. Everything in it follows from the notes of that tier and nothing else.
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
-- A stamp is written as after the last note has gone: that there was one must not show.
INSERT OR IGNORE INTO meta VALUES ('stamp', printf('%064d', 0)), ('search_generation', '0');

CREATE TABLE IF NOT EXISTS note (
    path TEXT PRIMARY KEY,
    path_key TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    folder TEXT NOT NULL,
    concept_key TEXT NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    base TEXT,                      -- the note that is all there is in this one, as an embed
    modified INTEGER NOT NULL,      -- nanoseconds
    changed INTEGER NOT NULL,       -- inode change, nanoseconds; 0: look again
    size INTEGER NOT NULL,
    digest BLOB NOT NULL,           -- of the file's bytes
    lang TEXT NOT NULL              -- two letters, or nothing
);
CREATE INDEX IF NOT EXISTS note_path_key ON note (path_key);
CREATE INDEX IF NOT EXISTS note_name_key ON note (name_key);
-- In the order of a folder's page: its parts and neighbours are found without reading the rest.
CREATE INDEX IF NOT EXISTS note_folder ON note (folder, path_key, path);
CREATE INDEX IF NOT EXISTS note_concept_key ON note (concept_key);
CREATE INDEX IF NOT EXISTS note_modified ON note (modified);
CREATE INDEX IF NOT EXISTS note_base ON note (base) WHERE base IS NOT NULL;
CREATE INDEX IF NOT EXISTS note_lang ON note (lang) WHERE lang != '';

-- What is read most often comes first: SQLite reads a row up to what is wanted of it.
CREATE TABLE IF NOT EXISTS content (
    note INTEGER PRIMARY KEY,       -- its rowid
    text TEXT NOT NULL,             -- what search reads
    page BLOB NOT NULL,             -- wiki.note.Page as JSON
    source TEXT NOT NULL            -- the Markdown
);

CREATE TABLE IF NOT EXISTS attachment (
    path TEXT PRIMARY KEY,
    path_key TEXT NOT NULL,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    folder TEXT NOT NULL,
    modified INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    size INTEGER NOT NULL,
    real TEXT NOT NULL,             -- the file to open: another one where this is a symlink
    picture TEXT NOT NULL           -- WIDTHxHEIGHT, of a picture that says so
);
CREATE INDEX IF NOT EXISTS attachment_path_key ON attachment (path_key);
CREATE INDEX IF NOT EXISTS attachment_name_key ON attachment (name_key);
CREATE INDEX IF NOT EXISTS attachment_folder ON attachment (folder, path_key, path);

-- What search reads of an attachment; there is no row before it was read.
CREATE TABLE IF NOT EXISTS attachment_text (
    path TEXT PRIMARY KEY,
    digest BLOB NOT NULL,           -- of the file's bytes
    name TEXT NOT NULL,             -- without tier and extension
    title TEXT NOT NULL,            -- its own, else its name
    text TEXT NOT NULL,             -- pages, parted by form feeds
    canvas BLOB NOT NULL            -- wiki.canvas.Canvas as JSON, of one
);

-- Notes that say where they are.
CREATE TABLE IF NOT EXISTS place (path TEXT PRIMARY KEY, latitude REAL NOT NULL, longitude REAL NOT NULL) WITHOUT ROWID;

-- What a map draws of a GeoJSON file.
CREATE TABLE IF NOT EXISTS outline (
    path TEXT PRIMARY KEY,
    digest BLOB NOT NULL,           -- of the file's bytes
    outline BLOB NOT NULL           -- wiki.geojson.Outline as JSON
);

CREATE TABLE IF NOT EXISTS folder (path TEXT PRIMARY KEY, path_key TEXT NOT NULL, parent TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS folder_path_key ON folder (path_key);
CREATE INDEX IF NOT EXISTS folder_parent ON folder (parent, path_key, path);

CREATE TABLE IF NOT EXISTS alias (path TEXT NOT NULL, alias TEXT NOT NULL, alias_key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS alias_path ON alias (path);
CREATE INDEX IF NOT EXISTS alias_alias_key ON alias (alias_key);

CREATE TABLE IF NOT EXISTS tag (path TEXT NOT NULL, tag TEXT NOT NULL, tag_key TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS tag_path ON tag (path);
CREATE INDEX IF NOT EXISTS tag_tag_key ON tag (tag_key);

CREATE TABLE IF NOT EXISTS link (
    source TEXT NOT NULL,           -- vault path of the note that links, once for each row that differs
    kind TEXT NOT NULL,
    name_key TEXT NOT NULL,         -- of the last part of the target
    target TEXT NOT NULL,
    relation TEXT NOT NULL,
    context TEXT NOT NULL           -- wiki.markup.contexts: sentences around the link, a line each
);
CREATE INDEX IF NOT EXISTS link_source ON link (source);
CREATE INDEX IF NOT EXISTS link_name_key ON link (name_key);
-- Every page asks for these (wiki/links.py), and few notes have any: wiki.markup.relations.SAME_AS.
CREATE INDEX IF NOT EXISTS link_same_source ON link (source) WHERE relation IN ('is same as', 'same as');
CREATE INDEX IF NOT EXISTS link_same_name ON link (name_key) WHERE relation IN ('is same as', 'same as');

-- How many notes link to a name: to be read, and not counted, while hits are ranked.
CREATE TABLE IF NOT EXISTS linked (name_key TEXT PRIMARY KEY, notes INTEGER NOT NULL) WITHOUT ROWID;

-- What properties say, and under no name at all what there is in a note: see wiki/search/properties.py.
CREATE TABLE IF NOT EXISTS property (
    property_key TEXT NOT NULL,
    note INTEGER NOT NULL,          -- rowid: a path is longer than most of what is said
    said TEXT NOT NULL,             -- the items of the value, a line each
    PRIMARY KEY (property_key, note)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS property_note ON property (note);

-- What queries know of notes, a column at a time: a text, a number, or JSON (wiki/markup/record.py).
CREATE TABLE IF NOT EXISTS field (
    name TEXT NOT NULL,
    note INTEGER NOT NULL,
    value NOT NULL,
    PRIMARY KEY (name, note)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS field_note ON field (note);
-- The text of files that ask for notes: see wiki/queries/bases.py.
CREATE TABLE IF NOT EXISTS asking (path TEXT PRIMARY KEY, source TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS task (note INTEGER PRIMARY KEY, tasks BLOB NOT NULL);

-- Of a note by its path, of an attachment by the same with a slash before it: wiki.paths.document.
CREATE TABLE IF NOT EXISTS problem (path TEXT NOT NULL, problem TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS problem_path ON problem (path);

-- What is wrong in a note by itself, with its line: see wiki/markup/traps.py.
CREATE TABLE IF NOT EXISTS trap (path TEXT NOT NULL, kind TEXT NOT NULL, line INTEGER NOT NULL, says TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS trap_path ON trap (path);

-- The search index, where the engine is "sqlite": see wiki/shard/packed.py. Numbers are arrays of 32 bits each.
CREATE TABLE IF NOT EXISTS segment (
    id INTEGER PRIMARY KEY AUTOINCREMENT,   -- never used twice: servers keep what they read of one
    size INTEGER NOT NULL,
    dead BLOB NOT NULL                      -- documents that are gone
);
CREATE TABLE IF NOT EXISTS roster (
    segment INTEGER PRIMARY KEY,
    lengths BLOB NOT NULL,
    concepts BLOB NOT NULL,                 -- of 64 bits
    paths BLOB NOT NULL,
    words BLOB NOT NULL,                    -- wiki.search.lexicon
    fields BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS document (path TEXT PRIMARY KEY, segment INTEGER NOT NULL, number INTEGER NOT NULL)
    WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS posting (
    segment INTEGER NOT NULL,
    word TEXT NOT NULL,
    field INTEGER NOT NULL,
    documents BLOB NOT NULL,
    counts BLOB NOT NULL,                   -- how often each of them has the word
    positions BLOB NOT NULL,                -- of all of them, one behind the other
    PRIMARY KEY (segment, word, field)
) WITHOUT ROWID;
