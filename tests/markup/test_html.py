"""HTML in notes: what is harmless stays."""

import pytest

from tests.conftest import ParseNote
from tests.markup.shown import html


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        ("<details><summary>a</summary>b</details>", "<details><summary>a</summary>b</details>"),
        ("<details open><summary>a</summary>b</details>", '<details open=""><summary>a</summary>b</details>'),
        ("a<br>b<br/>c", "<p>a<br>b<br>c</p>"),
        ("<kbd>a</kbd> <sub>b</sub> <sup>c</sup>", "<p><kbd>a</kbd> <sub>b</sub> <sup>c</sup></p>"),
        ("<u>a</u> <ins>b</ins> <mark>c</mark>", "<p><u>a</u> <ins>b</ins> <mark>c</mark></p>"),
        ("<ruby>a<rt>b</rt></ruby>", "<p><ruby>a<rt>b</rt></ruby></p>"),
        ('<abbr title="b">a</abbr>', '<p><abbr title="b">a</abbr></p>'),
        ('<p align="center">a</p>', "<p>a</p>"),
        ("<center>a</center>", "a"),
        ('<font color="red">a</font>', "<p>a</p>"),
        ('<span style="color:red" class="x" id="y">a</span>', "<p><span>a</span></p>"),
        ('<img src="a.png" width="250" onerror="b">', "<p><0></p>"),
        (
            '<table><tr><td colspan="3">a</td></tr></table>',
            '<table><tbody><tr><td colspan="3">a</td></tr></tbody></table>',
        ),
        (
            '<table>\n<tr>\n<th scope="row">a</th>\n</tr>\n</table>',
            '<table><tbody><tr><th scope="row">a</th></tr></tbody></table>',
        ),
        ("<math><mi>x</mi></math>", "<math><mi>x</mi></math>"),
        (
            '<math display="block"><mstyle displaystyle="true"><mfrac><mn>1</mn><mn>2</mn></mfrac></mstyle></math>',
            '<math display="block"><mstyle displaystyle="true"><mfrac><mn>1</mn><mn>2</mn></mfrac></mstyle></math>',
        ),
        ("<!-- a -->", ""),
        ("a <!-- b --> c", "<p>a  c</p>"),
        ("Vec<T> and <b>c</b>", "<p>Vec and <b>c</b></p>"),
    ],
)
def test_html(source: str, shown: str, parse_note: ParseNote) -> None:
    assert html(parse_note(source)) == shown
