"""Attributes and taxonomy terms: our own set a field, all others stay with their holder and help to tell its needs."""

from typing import Any
from uuid import UUID

from agencies.hsds.fields import storable
from agencies.hsds.index import Index
from agencies.hsds.records import BadValue, Row
from agencies.hsds.tables import HOLDERS, OWN_TAXONOMIES, TABLES


class Attributes:
    """What each holder is said to be, by the holder's id."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._own: dict[UUID, dict[str, list[str]]] = {}
        self._names: dict[UUID, list[str]] = {}
        self._extra: dict[UUID, list[dict[str, Any]]] = {}
        for row in index.rows("attribute").values():
            self._add(row)

    def own(self, holder: UUID) -> dict[str, list[str]]:
        """Codes of our own taxonomies, by the field that they set."""
        return self._own.get(holder, {})

    def names(self, holder: UUID) -> list[str]:
        """The names of the other terms."""
        return self._names.get(holder, [])

    def others(self, holder: UUID) -> dict[str, Any]:
        """The other attributes as an unused property; nothing when there are none."""
        kept = self._extra.get(holder)
        return {"attributes": kept} if kept else {}

    def _add(self, row: Row) -> None:
        holder = self._holder(row)
        if holder is None:
            self._index.found.refuse(row, "link_id", "this names nothing that the source holds")
            return
        term = self._index.at(row, "taxonomy_term")
        taxonomy = self._taxonomy(term) if term else ""
        field = OWN_TAXONOMIES.get(taxonomy)
        try:
            said = storable({k: v for k, v in row.values.items() if k not in ("id", "taxonomy_term_id")})
            code, name = (storable(term.values.get(k) or "") for k in ("code", "name")) if term else ("", "")
            more = storable(self._more(row, term))
        except BadValue as problem:
            self._index.found.refuse(row, "attribute", str(problem))
            return
        value = str(code or said.get("value") or "")
        if field and value:
            self._own.setdefault(holder, {}).setdefault(field, []).append(value)
            return
        self._names.setdefault(holder, []).extend(str(w) for w in (name, said.get("value"), said.get("label")) if w)
        said.pop("link_id", None)
        self._extra.setdefault(holder, []).append(said | _if_given(code=code, name=name, taxonomy=taxonomy) | more)

    def _more(self, row: Row, term: Row | None) -> dict[str, Any]:
        """The row's id, and what its term says beside code, name and the taxonomy's name."""
        found: dict[str, Any] = {"id": str(self._index.id_of("attribute", row.key))}
        if term is None:
            return found
        named = ("id", "code", "name", "taxonomy_id")
        rest = {k: v for k, v in term.values.items() if k not in named and v not in (None, "", [])}
        found["term"] = rest | {"id": str(self._index.id_of("taxonomy_term", term.key))}
        if detail := self._index.at(term, "taxonomy"):
            rest = {k: v for k, v in detail.values.items() if v not in (None, "", [])}
            found["term"]["taxonomy_detail"] = rest | {"id": str(self._index.id_of("taxonomy", detail.key))}
        return found

    def _holder(self, row: Row) -> UUID | None:
        entity = TABLES.get(str(row.values.get("link_entity") or ""))
        for table in (entity,) if entity else (*HOLDERS, *self._index.tables):
            at = self._index.id_of(table, row.values.get("link_id"))
            if at in self._index.rows(table):
                return at
        return None

    def _taxonomy(self, term: Row) -> str:
        taxonomy = self._index.at(term, "taxonomy")
        named = (taxonomy.values.get("name") if taxonomy else None) or term.values.get("taxonomy")
        return named if isinstance(named, str) else ""


def _if_given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value}
