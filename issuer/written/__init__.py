"""Reading what people write into forms, dossiers and spreadsheets. Pure.

Each reader answers a :class:`Reading`: a certain value, or a doubt with a proposal that a person looks at. A text is
certain only when the whole of it is understood; a word that is not, a question mark, a second answer make a doubt.
Whoever calls decides which doubts to ask about; none is ever signed by itself.
"""

from issuer.written.answers import Reading, certain, unsure

__all__ = ["Reading", "certain", "unsure"]
