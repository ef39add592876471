"""How an answer over HTTP is made from what it shows: a state, an entry, a row."""

from typing import Any, TypeVar

from msgspec import Struct

from ledger.mass import format_mass

AnswerT = TypeVar("AnswerT", bound=Struct)


def answer(form: type[AnswerT], *sources: object, **given: Any) -> AnswerT:
    """A wire Struct: a field that is not given is that of the first source which has one of its name, else its default.

    Tonnes ``x_t`` are also found as grams ``x_g``; what is ``None`` there is ``None`` here. TypeError where a field is found nowhere.
    """
    for name in form.__struct_fields__:
        grams = f"{name[:-2]}_g" if name.endswith("_t") else name
        for source in () if name in given else sources:
            if hasattr(source, name):
                given[name] = getattr(source, name)
                break
            if hasattr(source, grams):
                found = getattr(source, grams)
                given[name] = None if found is None else format_mass(found)
                break
    return form(**given)
