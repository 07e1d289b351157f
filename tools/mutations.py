"""Mutants of a Python file: small faults, one in each copy of its source, that a right test should notice.

Two sources. cosmic-ray's operators break the Python. Operators of our own break what cosmic-ray does not reach: SQL in string
literals, statements that are left out, and calls whose opposite has another name.
"""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

# Of cosmic-ray's operators those with one plausible fault each; decorators and exceptions' classes say nothing of a result.
COSMIC_RAY = (
    *(f"ReplaceComparisonOperator_{pair}" for pair in (
        "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Eq_NotEq", "NotEq_Eq", "Is_IsNot", "IsNot_Is")),
    *(f"ReplaceBinaryOperator_{pair}" for pair in (
        "Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Mul", "BitOr_BitAnd", "BitAnd_BitOr", "LShift_RShift")),
    "ReplaceUnaryOperator_Delete_Not", "ReplaceUnaryOperator_Delete_USub", "AddNot", "ReplaceAndWithOr", "ReplaceOrWithAnd",
    "ReplaceTrueWithFalse", "ReplaceFalseWithTrue", "NumberReplacer", "ZeroIterationForLoop", "ReplaceBreakWithContinue",
    "ReplaceContinueWithBreak",
)  # fmt: skip
NOT_AN_OPERATOR = {"parameters", "lambdef", "param", "import_from"}  # a star in a signature

OPPOSITE_CALLS = {
    "min": "max", "max": "min", "minimum": "maximum", "maximum": "minimum", "floor": "ceil", "ceil": "floor", "any": "all",
    "all": "any", "less": "less_equal", "less_equal": "less", "greater": "greater_equal", "greater_equal": "greater",
    "and_": "or_", "or_": "and_", "is_valid": "is_null", "sorted": "(lambda *a, **k: sorted(*a, **k)[::-1])",
}  # fmt: skip
OPPOSITE_WORDS = {
    "sum": "max", "ascending": "descending", "descending": "ascending", "inner": "left outer",
    "left outer": "inner",
}  # fmt: skip

# A string is SQL where it has a clause of it; a group of strings written one after the other is judged together.
SQL = re.compile(
    r"\bselect\b.*\bfrom\b|\bupdate \S+ set\b|\bdelete from\b|\binsert into\b|\bcase when\b|\bnot exists\b|\bis (not )?null\b"
    r"|[<>=] ?:\w+|\w+ (<>|=) '\w*'|\bin \('",
    re.DOTALL,
)
SQL_RULES: tuple[tuple[str, str], ...] = (
    (r" = ", " <> "), (r" <> ", " = "), (r" <= ", " < "), (r" < ", " <= "), (r" >= ", " > "), (r" > ", " >= "),
    (r" \+ ", " - "), (r" - ", " + "), (r"(?<=[\w)]) \* (?=[\w(])", " + "),
    (r"\band\b", "or"), (r"\bor\b", "and"), (r"\bnot (?!null)", ""), (r"\bis null\b", "is not null"), (r"\bis not null\b", "is null"),
    (r"\bmin\(", "max("), (r"\bmax\(", "min("), (r"\bsum\(", "max("), (r"\bleast\(", "greatest("), (r"\bgreatest\(", "least("),
    (r"\bbool_or\(", "bool_and("), (r"\bbit_or\(", "bit_and("), (r"\bceil\(", "floor("), (r" desc\b", ""),
    (r"(order by [\w.]+)(?![\w.(]| desc)", r"\1 desc"), (r"\bleft join\b", "join"), (r"\bdistinct ", ""),
    (r"\bunion all\b", "union"), (r"\bunion (?!all)", "union all "), (r"'(\w+)'", r"'\1_'"), (r"'\+'", "'-'"),
)  # fmt: skip
SQL_NUMBER = re.compile(r"(?<![\w:$.'-])(?<!select )(\d+)(?![\w'.-])")
CONJUNCT_ENDS = re.compile(
    r",|\b(and|or|as|group by|order by|qualify|then|limit|union|left join|join|where|select|from)\b"
)
CLAUSE = re.compile(r"\b(set|where|on|and|or|when|select|by|having|filter)\b")


@dataclass(frozen=True)
class Mutant:
    """A changed source, and which line of the original was changed by what."""

    line: int
    operator: str
    source: str


@dataclass(frozen=True)
class Edit:
    """A stretch of the source, from and up to an offset, and what stands there instead."""

    start: int
    end: int
    text: str
    operator: str


def candidates(source: str) -> list[Callable[[], Mutant | None]]:
    """Return every mutant of a source, unmade: a call makes it, None where it says the same as the source."""
    standard = ast.dump(_meaning(source))
    made = [*_cosmic_ray(source), *(_applied(source, edit) for edit in edits(source))]
    return [lambda make=make: _different(make, standard) for make in made]


def edits(source: str) -> Iterator[Edit]:
    """Yield the changes of our own: SQL in strings, opposite calls and words, statements left out."""
    tokens = [
        t
        for t in tokenize.generate_tokens(io.StringIO(source).readline)
        if t.type not in {tokenize.NL, tokenize.COMMENT}
    ]
    offset = _offsets(source)
    group: list[tokenize.TokenInfo] = []
    for token, following in pairwise(tokens):
        start, end = offset(*token.start), offset(*token.end)
        if token.type == tokenize.STRING:
            group.append(token)
            word = OPPOSITE_WORDS.get(token.string[1:-1])
            if word:
                yield Edit(start, end, f'"{word}"', "word")
            if following.type != tokenize.STRING:
                yield from _sql_of_group(group, offset)
                group = []
        elif token.string in OPPOSITE_CALLS and following.string == "(":
            yield Edit(start, end, OPPOSITE_CALLS[token.string], "call")
        elif (
            token.string == "in"
            and not token.line.lstrip().startswith("for ")
            and " for " not in token.line
        ):
            yield Edit(start, end, "not in", "in")
    yield from _left_out(source, offset)


def sql_edits(text: str) -> Iterator[Edit]:
    """Yield the changes of one piece of SQL, offsets from its beginning; what stands in braces is left alone."""
    hidden = re.sub(r"\{[^{}]*\}", lambda found: "x" * len(found[0]), text)
    hidden = re.sub(r"\bbetween (\S+) and\b", lambda found: f"between {found[1]} xxx", hidden)
    for pattern, by in SQL_RULES:
        for found in re.finditer(pattern, hidden):
            clauses = CLAUSE.findall(hidden[: found.start()])
            if not (pattern == " = " and clauses and clauses[-1] == "set"):  # an assignment
                yield Edit(found.start(), found.end(), found.expand(by), "sql")
    for found in SQL_NUMBER.finditer(hidden):
        yield Edit(found.start(), found.end(), str(int(found[1]) + 1), "sql")
    for found in re.finditer(r"\b(where|and) ", hidden):
        end, following = _conjunct_end(hidden, found.end())
        if found[1] == "and":
            yield Edit(found.start(), end, "", "sql conjunct")
        elif following == "and":
            yield Edit(found.end(), end + len("and "), "", "sql conjunct")


def _conjunct_end(text: str, start: int) -> tuple[int, str]:
    """Return where the condition that begins here ends, and the word that ends it."""
    depth = 0
    for at in range(start, len(text)):
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        if depth < 0:
            return at, ")"
        ends = CONJUNCT_ENDS.match(text, at) if depth == 0 else None
        if ends:
            return at, ends[1]
    return len(text), ""


def _sql_of_group(
    group: list[tokenize.TokenInfo], offset: Callable[[int, int], int]
) -> Iterator[Edit]:
    bodies = [
        re.fullmatch(r'([a-z]*(?:"""|"))(.*?)(?:"""|")', t.string, re.DOTALL | re.IGNORECASE)
        for t in group
    ]
    if not SQL.search(" ".join(body[2] for body in bodies if body)):
        return
    for token, body in zip(group, bodies, strict=True):
        if body:
            at = offset(*token.start) + len(body[1])
            for edit in sql_edits(body[2]):
                yield Edit(at + edit.start, at + edit.end, edit.text, edit.operator)


def _left_out(source: str, offset: Callable[[int, int], int]) -> Iterator[Edit]:
    """Yield every statement whose absence leaves a program that runs: calls, additions, entries, refusals, early ends."""
    lines = source.splitlines()
    tree = ast.parse(source)
    conditional = {
        id(inner) for node in ast.walk(tree) if isinstance(node, ast.If) for inner in node.body
    }
    for node in ast.walk(tree):
        entry = isinstance(node, ast.Assign) and isinstance(
            node.targets[0], ast.Subscript | ast.Attribute
        )
        call = isinstance(node, ast.Expr) and isinstance(node.value, ast.Call)
        early = isinstance(node, ast.Return) and id(node) in conditional
        if entry or call or early or isinstance(node, ast.AugAssign | ast.Raise | ast.Continue):
            start, end = (
                offset(row, len(lines[row - 1].encode()[:column].decode()))
                for row, column in (
                    (node.lineno, node.col_offset),
                    (node.end_lineno, node.end_col_offset),
                )
            )
            yield Edit(start, end, "pass", "left out")


def _offsets(source: str) -> Callable[[int, int], int]:
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return lambda row, column: starts[row - 1] + column


def _applied(source: str, edit: Edit) -> Callable[[], Mutant]:
    line = source.count("\n", 0, edit.start) + 1
    return lambda: Mutant(
        line, edit.operator, source[: edit.start] + edit.text + source[edit.end :]
    )


def _cosmic_ray(source: str) -> Iterator[Callable[[], Mutant]]:
    from cosmic_ray.ast import ast_nodes, get_ast
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.operators.provider import OperatorProvider

    nodes, provider = list(ast_nodes(get_ast(source))), OperatorProvider()
    for name in COSMIC_RAY:
        operator, occurrence = provider[name](), 0
        for node in nodes:
            for (row, _), _end in operator.mutation_positions(node):
                if node.parent is None or node.parent.type not in NOT_AN_OPERATOR:
                    make = lambda o=operator, n=occurrence: mutate_code(source, o, n)  # noqa: E731 - bound to this round
                    yield lambda row=row, name=name, make=make: Mutant(row, name, make())
                occurrence += 1


def _different(make: Callable[[], Mutant], standard: str) -> Mutant | None:
    mutant = make()
    try:
        return mutant if ast.dump(_meaning(mutant.source)) != standard else None
    except SyntaxError:
        return None


def _meaning(source: str) -> ast.Module:
    """Parse a source without what has no effect on a result: annotations and imports for them, decorators, docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        match node:
            case ast.If() if "TYPE_CHECKING" in ast.dump(node.test):
                node.test = ast.Constant(value=False)
            case ast.AnnAssign():
                node.annotation = ast.Constant(None)
            case ast.arg():
                node.annotation = None
            case ast.FunctionDef():
                node.returns, node.decorator_list = None, []
            case ast.ClassDef():
                node.decorator_list = []
            case ast.Expr(value=ast.Constant()):  # a docstring, wherever it stands
                node.value = ast.Constant(None)
    return tree
