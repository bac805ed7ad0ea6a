"""Numbers of the demo pass their check digits and can be nobody's."""

from datetime import date
from random import Random

import pytest
from stdnum.cn import uscc

from dougong.core.services.demo.identity import NOWHERE, credit_code, id_number
from dougong.core.values.validity import is_identity_number


@pytest.mark.parametrize("seed", range(50))
def test_id_number_has_its_check_digit_and_birth_date(seed: int) -> None:
    number = id_number(Random(seed), date(1980, 2, 29))
    assert is_identity_number(number)
    assert (number[:6], number[6:14]) == (NOWHERE, "19800229")


@pytest.mark.parametrize("institution", [True, False])
@pytest.mark.parametrize("seed", range(50))
def test_credit_code_is_valid(seed: int, institution: bool) -> None:
    code = credit_code(Random(seed), institution=institution)
    assert uscc.is_valid(code)
    assert code[:2] == ("12" if institution else "91")
