"""Forging in the objects, with a library that writes a consistent file afterwards: the page tree, layers, clips, fonts, attachments."""

import io
from collections.abc import Callable
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

Edit = Callable[[pikepdf.Pdf], None]
OTHER = b"BT /F1 24 Tf 72 700 Td (9.999999 t) Tj ET"


def saved(raw: bytes, edit: Edit, **options: Any) -> bytes:
    """The document after an edit, written again."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(raw)) as pdf:
        edit(pdf)
        pdf.save(out, **options)
    return out.getvalue()


def _page(pdf: pikepdf.Pdf, number: int = 0) -> Any:
    return pdf.pages[number].obj


def _fonts(pdf: pikepdf.Pdf) -> list[Any]:
    fonts = _page(pdf).Resources.Font
    return [fonts[name] for name in fonts if "/FontDescriptor" in fonts[name]]


def _around(pdf: pikepdf.Pdf, before: bytes, after: bytes) -> None:
    page = pdf.pages[0]
    page.Contents = pdf.make_stream(before + page.Contents.read_bytes() + after)


def kids_in_a_page(pdf: pikepdf.Pdf) -> None:
    """A page that is a node too: readers differ in which."""
    fake = pdf.make_indirect(Dictionary(Type=Name.Page, MediaBox=[0, 0, 595, 842], Contents=pdf.make_stream(OTHER)))
    _page(pdf).Kids, _page(pdf).Count = Array([fake]), 1


def count_of_one(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.Count = 1


def parent_elsewhere(pdf: pikepdf.Pdf) -> None:
    _page(pdf).Parent = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=[], Count=0, CropBox=[0, 0, 300, 300]))


def parent_turned(pdf: pikepdf.Pdf) -> None:
    _page(pdf).Parent = pdf.make_indirect(Dictionary(Type=Name.Pages, Kids=[], Count=0, Rotate=180))


def page_twice(pdf: pikepdf.Pdf) -> None:
    pdf.pages.append(pdf.pages[0])


def pages_reversed(pdf: pikepdf.Pdf) -> None:
    pdf.pages.reverse()


def page_gone(pdf: pikepdf.Pdf) -> None:
    del pdf.pages[-1]


def page_added(pdf: pikepdf.Pdf) -> None:
    pdf.add_blank_page()
    pdf.pages[-1].Contents = pdf.make_stream(OTHER)


def page_turned(pdf: pikepdf.Pdf) -> None:
    pdf.pages[0].rotate(180, relative=False)


def page_cropped(pdf: pikepdf.Pdf) -> None:
    _page(pdf).CropBox = Array([0, 400, 595, 842])


def box_inherited(pdf: pikepdf.Pdf) -> None:
    pdf.Root.Pages.CropBox = Array([0, 0, 300, 300])


def page_shrunk(pdf: pikepdf.Pdf) -> None:
    _page(pdf).UserUnit = 0.2


def key_that_collides(pdf: pikepdf.Pdf) -> None:
    """One name that reads like two entries to whoever joins keys and values by blanks."""
    _page(pdf)["/Rotate 0 /Trans"] = 180


def content_in_two(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.Contents = Array([page.Contents, pdf.make_stream(OTHER)])


def content_elsewhere(pdf: pikepdf.Pdf) -> None:
    other = pdf.make_stream(OTHER)
    other.F = Dictionary(Type=Name.Filespec, F="other.bin")
    pdf.pages[0].Contents = other


def content_by_predictor(pdf: pikepdf.Pdf) -> None:
    stream = pdf.pages[0].Contents
    stream.DecodeParms = Dictionary(Predictor=12, Columns=4)


def content_in_hex(pdf: pikepdf.Pdf) -> None:
    page = pdf.pages[0]
    page.Contents = pikepdf.Stream(pdf, OTHER.hex().encode() + b">", Filter=Name.ASCIIHexDecode)


def hidden_layer(pdf: pikepdf.Pdf) -> None:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="a"))
    pdf.Root.OCProperties = Dictionary(OCGs=[group], D=Dictionary(OFF=[group]))
    _page(pdf).Resources.Properties = Dictionary(L=group)
    _around(pdf, b"/OC /L BDC\n", b"\nEMC")


def layer_of_print(pdf: pikepdf.Pdf) -> None:
    usage = Dictionary(Print=Dictionary(PrintState=Name.ON), View=Dictionary(ViewState=Name.OFF))
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="a", Usage=usage))
    automatic = [Dictionary(Event=Name(f"/{event}"), OCGs=[group], Category=[Name(f"/{event}")]) for event in ("View", "Print")]
    pdf.Root.OCProperties = Dictionary(OCGs=[group], D=Dictionary(AS=automatic))
    _page(pdf).Resources.Properties = Dictionary(L=group)
    _around(pdf, b"", b"\n/OC /L BDC\n" + OTHER + b"\nEMC")


def layer_of_members(pdf: pikepdf.Pdf) -> None:
    group = pdf.make_indirect(Dictionary(Type=Name.OCG, Name="a"))
    _page(pdf).Resources.Properties = Dictionary(L=Dictionary(Type=Name.OCMD, OCGs=[group], P=Name.AllOff))
    pdf.Root.OCProperties = Dictionary(OCGs=[group], D=Dictionary())
    _around(pdf, b"/OC /L BDC\n", b"\nEMC")


def clipped_away(pdf: pikepdf.Pdf) -> None:
    _around(pdf, b"q 0 0 10 10 re W n\n", b"\nQ")


def painted_over(pdf: pikepdf.Pdf) -> None:
    _around(pdf, b"", b"\nq 1 1 1 rg 60 600 300 40 re f Q\n" + OTHER)


def drawn_invisibly(pdf: pikepdf.Pdf) -> None:
    _around(pdf, b"3 Tr\n", b"")


def see_through(pdf: pikepdf.Pdf) -> None:
    _page(pdf).Resources.ExtGState = Dictionary(G=Dictionary(Type=Name.ExtGState, ca=0.0, CA=0.0))
    _around(pdf, b"/G gs\n", b"")


def form_over(pdf: pikepdf.Pdf) -> None:
    form = pikepdf.Stream(pdf, OTHER, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 595, 842])
    _page(pdf).Resources.XObject = Dictionary(X=pdf.make_indirect(form))
    _around(pdf, b"", b"\n/X Do")


def note_over(pdf: pikepdf.Pdf) -> None:
    _page(pdf).Annots = pdf.make_indirect(
        Array([Dictionary(Type=Name.Annot, Subtype=Name.FreeText, Rect=[50, 50, 200, 80], Contents="9 t")])
    )


def stamp_over(pdf: pikepdf.Pdf) -> None:
    drawn = pdf.make_indirect(pikepdf.Stream(pdf, OTHER, Type=Name.XObject, Subtype=Name.Form, BBox=[0, 0, 200, 80]))
    stamp = Dictionary(Type=Name.Annot, Subtype=Name.Stamp, Rect=[50, 50, 250, 130], F=4, AP=Dictionary(N=drawn))
    _page(pdf).Annots = pdf.make_indirect(Array([stamp]))


def field_over(pdf: pikepdf.Pdf) -> None:
    field = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T="m", V="9.9", Rect=[50, 50, 200, 80]))
    _page(pdf).Annots = pdf.make_indirect(Array([field]))
    pdf.Root.AcroForm = Dictionary(Fields=[field], NeedAppearances=True)


def glyph_swapped(pdf: pikepdf.Pdf) -> None:
    program = _fonts(pdf)[0].FontDescriptor.FontFile2
    content = bytearray(program.read_bytes())
    content[-40] ^= 1
    program.write(bytes(content))


def widths_changed(pdf: pikepdf.Pdf) -> None:
    _fonts(pdf)[0].Widths = Array([0] * len(_fonts(pdf)[0].Widths))


def digits_renamed(pdf: pikepdf.Pdf) -> None:
    _fonts(pdf)[0].Encoding = Dictionary(Type=Name.Encoding, Differences=[48, Name.nine, Name.eight])


def text_under_the_glyphs(pdf: pikepdf.Pdf) -> None:
    """Another text for whoever copies or searches."""
    table = _fonts(pdf)[0].ToUnicode
    table.write(table.read_bytes().replace(b"<0031>", b"<0039>"))


def font_of_the_reader(pdf: pikepdf.Pdf) -> None:
    font = _fonts(pdf)[0]
    del font["/FontDescriptor"]
    font.BaseFont = Name.Helvetica


def fonts_exchanged(pdf: pikepdf.Pdf) -> None:
    fonts = _page(pdf).Resources.Font
    first, second = [name for name in fonts if "/FontDescriptor" in fonts[name]][:2]
    fonts[first], fonts[second] = fonts[second], fonts[first]


def script_at_opening(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="this.getField('m').value='9'")


def link_at_opening(pdf: pikepdf.Pdf) -> None:
    pdf.Root.AA = Dictionary(WP=Dictionary(S=Name.URI, URI="https://example.invalid/"))


def shown_from_page_two(pdf: pikepdf.Pdf) -> None:
    pdf.Root.OpenAction = Array([pdf.pages[1].obj, Name.Fit])


def bookmark_that_lies(pdf: pikepdf.Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(pikepdf.OutlineItem("已办结 9.9 吨", 0))


def another_title(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/Title"] = "危险废物转移证明 20265101009999"


def another_description(pdf: pikepdf.Pdf) -> None:
    with pdf.open_metadata() as meta:
        meta["dc:title"] = "危险废物转移证明 20265101009999"


def another_layout(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/LiandanLayout"] = "999"
    pdf.pages[0].Contents = pdf.make_stream(OTHER)


def another_date(pdf: pikepdf.Pdf) -> None:
    pdf.docinfo["/ModDate"] = "D:20270101000000+08'00'"


def page_labels(pdf: pikepdf.Pdf) -> None:
    pdf.Root.PageLabels = Dictionary(Nums=[0, Dictionary(S=Name.D, St=7)])


def further_file(pdf: pikepdf.Pdf) -> None:
    pdf.attachments["证明.txt"] = "9.9 吨".encode()


def portfolio(pdf: pikepdf.Pdf) -> None:
    """Readers of portfolios open a file inside instead of the pages."""
    pdf.attachments["a.pdf"] = b"%PDF-1.7"
    pdf.Root.Collection = Dictionary(Type=Name.Collection, D="a.pdf", View=Name.H)


def nothing(pdf: pikepdf.Pdf) -> None:
    """Only written again."""


EDITS: tuple[Edit, ...] = tuple(
    value
    for name, value in list(globals().items())
    if not name.startswith("_") and callable(value) and getattr(value, "__module__", "") == __name__ and name != "saved"
)
