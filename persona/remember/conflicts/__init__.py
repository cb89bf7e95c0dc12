"""Accounts that disagree: found by rule, never decided here."""
