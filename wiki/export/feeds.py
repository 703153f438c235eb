"""Feed and sitemap: the standards want whole addresses, so these begin with the one that the site will have."""

from xml.etree import ElementTree

from wiki.export.rewrite import HOST, Rewriter


def whole_addresses(xml: bytes, rewriter: Rewriter, address: str) -> bytes:
    root = ElementTree.fromstring(xml)  # noqa: S314
    namespace = root.tag[1:].partition("}")[0]
    for node in root.iter():
        if node.text and node.text.startswith(HOST + "/"):
            node.text = _whole(node.text, rewriter, address)
        if (href := node.get("href", "")).startswith(HOST + "/"):
            node.set("href", _whole(href, rewriter, address))
    ElementTree.register_namespace("", namespace)
    found: bytes = ElementTree.tostring(root, "utf-8", xml_declaration=True)
    return found + b"\n"


def _whole(found: str, rewriter: Rewriter, address: str) -> str:
    relative = rewriter.relative(found.removeprefix(HOST), "/", "index.html")
    return f"{address}/{'' if relative in (None, 'index.html') else relative}"
