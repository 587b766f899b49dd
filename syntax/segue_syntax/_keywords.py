"""Words that no program gives another meaning, of all languages together."""

from __future__ import annotations

KEYWORDS = frozenset(
    """
    and as assert async await break case catch class const continue def default defer del do elif else end
    enum except export extends final finally fn for foreach from func function get global go goto if impl
    implements import in instanceof interface internal is lambda let loop match mod module mut namespace new
    nil none None not null nullptr of operator or override package pass private protected pub public raise
    range readonly rescue ref return select self Self set sizeof static struct super switch template then
    this throw throws trait true True try type typedef typename typeof union unless unsafe until use using
    val var virtual void volatile when where while with yield false False int bool string str float double
    char long short auto begin elsif require module unsigned abstract sealed boolean byte error
    """.split()  # noqa: SIM905 - a list of this length reads better as words
)
"""Keywords and built-in types; where one language has a name that is another's keyword, the keyword wins."""

NO_HEADS = frozenset(
    """
    if for while switch catch return else elif with match case when do try function new await
    """.split()  # noqa: SIM905
)
"""Words that a bracket may follow as it follows the name of a definition."""
BEFORE_USES = frozenset(
    """
    return await new yield throw raise in not and or is if elif else while case import from go defer
    """.split()  # noqa: SIM905
)
"""Words before a name that make it a use, where a type or a modifier would let it be defined."""
