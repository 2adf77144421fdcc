"""XML from elsewhere is looked over before anything parses it: no entities, nothing external.

Entities that hold entities ("billion laughs"), one long entity used often ("quadratic blow-up") and entities that name
a file or an address all need a declaration; no feed and no sitemap does. The names of HTML (``&nbsp;``) need none. The
address of a document type, which old feeds have, is not followed.
"""

from __future__ import annotations

import re
from typing import Final
from xml.sax import ContentHandler, SAXException
from xml.sax.xmlreader import AttributesImpl

from defusedxml import DefusedXmlException
from defusedxml.sax import parseString

from indexer.errors import BadInput

#: Feedparser takes time with their square: 50,000 on one element took 36 s.
MAX_ATTRIBUTES: Final = 500

_DECLARATION: Final = re.compile(rb"<!\s*(?:ENTITY|ATTLIST|ELEMENT|NOTATION)", re.I)


class _Counter(ContentHandler):
    """Looks at every element, keeps none."""

    def startElement(self, name: str, attrs: AttributesImpl) -> None:
        if len(attrs) > MAX_ATTRIBUTES:
            raise BadInput(f"an element <{name[:20]}> has {len(attrs):,} attributes: it is not read")


def check_xml(data: bytes) -> bool:
    """Whether ``data`` is well-formed XML.

    Raises:
        BadInput: it declares entities, or has an element with very many attributes.
    """
    try:
        parseString(data, _Counter(), forbid_dtd=False, forbid_entities=True, forbid_external=False)
    except DefusedXmlException as error:
        raise BadInput(f"XML that declares entities is not read ({type(error).__name__}): feeds need none") from error
    except (SAXException, ValueError, LookupError) as error:
        # Not well-formed, or of an encoding that the parser lacks. What reads it nevertheless must find no declaration,
        # in UTF-16 either, which has a zero after every letter.
        if _DECLARATION.search(data.replace(b"\0", b"")):
            raise BadInput("broken XML with declarations in it is not read: feeds need none") from error
        return False
    return True
