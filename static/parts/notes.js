// The notes of a map and what ties them, as they come from the server (wiki/atlas.py): numbers in arrays.

const KINDS = { link: 0, embed: 1, same: 2 };
const RELATION = 3;

const key = (text) => text.normalize("NFC").toLowerCase();

function added(steps) {
  let sum = 0;
  return steps.map((step) => { sum += step; return sum; });
}

export class Notes {
  constructor(map) {
    this.map = map;
    this.count = map.name.length;
    this.x = Float32Array.from(map.x);
    this.y = Float32Array.from(map.y, (y) => -y);
    this.tier = Uint8Array.from(map.tier);
    this.links = Uint32Array.from(map.links);
    this.isShown = new Uint8Array(this.count).fill(1);
    const from = map.from.map(added);
    const ties = map.to.reduce((sum, to) => sum + to.length, 0);
    this.from = new Uint32Array(ties);
    this.to = new Uint32Array(ties);
    this.look = new Uint8Array(ties);
    this.kind = new Uint16Array(ties);
    this.isTied = new Uint8Array(ties).fill(1);
    let place = 0;
    // Relations, whose names begin with a colon, come first in order, and last here: they are drawn above plain links.
    [...map.kinds.entries()].reverse().forEach(([number, name]) => {
      this.from.set(from[number], place);
      this.to.set(map.to[number], place);
      this.kind.fill(number, place, place + from[number].length);
      this.look.fill(KINDS[name] ?? RELATION, place, place + from[number].length);
      place += from[number].length;
    });
    this.#index();
    // Large ones are drawn last, and named first.
    this.order = Uint32Array.from(this.links.keys()).sort((a, b) => this.links[a] - this.links[b] || b - a);
  }

  // The numbers of each note's ties, one note's behind the other's.
  #index() {
    this.start = new Uint32Array(this.count + 1);
    for (const end of [this.from, this.to]) for (const note of end) this.start[note + 1] += 1;
    for (let note = 0; note < this.count; note += 1) this.start[note + 1] += this.start[note];
    const next = this.start.slice();
    this.ties = new Uint32Array(2 * this.from.length);
    this.from.forEach((note, tie) => { this.ties[next[note]++] = tie; });
    this.to.forEach((note, tie) => { this.ties[next[note]++] = tie; });
  }

  title(note) {
    return this.map.title[note] || this.map.name[note];
  }

  path(note) {
    const folder = this.map.folders[this.map.folder[note]];
    return folder ? `${folder}/${this.map.name[note]}` : this.map.name[note];
  }

  address(note) {
    const { root } = document.body.dataset; // of a site that was written to files
    if (root) return root + this.map.file[note];
    return `/${this.path(note).split("/").map(encodeURIComponent).join("/")}`;
  }

  at(path) {
    for (let note = 0; note < this.count; note += 1) if (this.path(note) === path) return note;
    return -1;
  }

  tiesOf(note) {
    return this.ties.subarray(this.start[note], this.start[note + 1]).filter((tie) => this.isTied[tie]);
  }

  near(note) {
    return new Set(Array.from(this.tiesOf(note), (tie) => (this.from[tie] === note ? this.to[tie] : this.from[tie])));
  }

  // What begins so first, then what has it inside; of those the most linked.
  find(text, most) {
    const wanted = key(text.trim());
    if (!wanted) return [];
    const found = [];
    for (const note of this.order) {
      const place = this.isShown[note] ? key(this.title(note)).indexOf(wanted) : -1;
      if (place >= 0) found.push([place === 0 ? 0 : 1, note]);
    }
    return found.reverse().sort(([a], [b]) => a - b).slice(0, most).map(([, note]) => note);
  }

  // As the server does for the list: see wiki/web/graphs.py.
  show({ tag = "", folder = "", tier = -1, kind = "" }) {
    const { map, isShown, isTied } = this;
    const wanted = key(tag.replace(/^[#/ ]+|[/ ]+$/g, ""));
    const below = folder.replace(/^\/+|\/+$/g, "");
    const inside = map.folders.map((one) => !below || one === below || one.startsWith(`${below}/`));
    isShown.fill(wanted ? 0 : 1);
    for (const [name, steps] of wanted ? Object.entries(map.tags) : []) {
      if (name === wanted || name.startsWith(`${wanted}/`)) for (const note of added(steps)) isShown[note] = 1;
    }
    for (let note = 0; note < this.count; note += 1) {
      if (!inside[map.folder[note]] || (tier >= 0 && this.tier[note] !== tier)) isShown[note] = 0;
    }
    const only = map.kinds.indexOf(kind);
    const ends = new Uint8Array(this.count);
    for (let tie = 0; tie < isTied.length; tie += 1) {
      const [from, to] = [this.from[tie], this.to[tie]];
      isTied[tie] = isShown[from] && isShown[to] && (!kind || this.kind[tie] === only) ? 1 : 0;
      if (isTied[tie]) ends[from] = ends[to] = 1;
    }
    if (kind) isShown.forEach((_, note) => { isShown[note] &= ends[note]; });
  }
}
