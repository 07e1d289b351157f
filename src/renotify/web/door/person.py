"""A person who signs in: name, role, and the area or dealer whose rows they see."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models

from renotify.ledger.scope import Scope
from renotify.web.door.roles import SERVICE, TITLES, Role, scope_of


class Person(AbstractUser):
    """Somebody who may sign in. ``role`` opens desks, ``area_code`` or ``dealer_code`` says whose rows; one without a role sees nothing."""

    role = models.CharField(max_length=20, blank=True)
    area_code = models.CharField(max_length=32, blank=True)
    dealer_code = models.CharField(max_length=32, blank=True)
    made_up = models.BooleanField(default=False)

    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta(AbstractUser.Meta):
        db_table = "web_person"

    @property
    def title(self) -> str:
        """What the person does, in words."""
        return TITLES.get(Role(self.role), "") if self.role in list(Role) else "No role"

    @property
    def serves(self) -> bool:
        """Whether the person writes of visits, work, hours and stock of a dealer."""
        return self.role in SERVICE

    @property
    def scope(self) -> Scope | None:
        """Whose rows the person sees; None: nobody's."""
        return scope_of(self.role, self.area_code, self.dealer_code)


class Token(models.Model):
    """A token of a dealer's system: only its digest is kept. It is the person it belongs to until it is taken back."""

    id = models.AutoField(primary_key=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField(auto_now_add=True)
    last_used = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "web_token"
