"""No question leaves this machine: Streamlit's look for its own address, which asks other hosts, is put out of use."""

from __future__ import annotations

from streamlit import net_util


def _unknown() -> None:
    """Streamlit's word for an address that cannot be found out."""


def disable_address_lookup() -> None:
    """Let Streamlit take the machine's inner and outer address for unknown. Its welcome is switched off by
    its option.
    """
    net_util.get_external_ip = _unknown
    net_util.get_internal_ip = _unknown
