"""How people sign in: names that the analyst made, or the company's own sign-on; nobody signs up."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from renotify.web.door import refusals
from renotify.web.door.person import Person
from renotify.web.door.reading import Deed, note
from renotify.web.door.roles import Role


def address_of(request: HttpRequest) -> str:
    """Return the address that a request comes from: behind a proxy (RENOTIFY_SECURE=1) the last one that it states, which it saw."""
    seen = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.SECURE else ""
    return seen.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


class ClosedSignUp(DefaultAccountAdapter):  # type: ignore[misc]  # the library ships no types
    """Local names: the analyst makes them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up."""
        del request
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """Limit tries by the same address as the count of failed ones."""
        return address_of(request)

    def respond_user_inactive(self, request: HttpRequest, user: Person) -> HttpResponse:
        """Tell a locked person so: of the library's page nobody but the signed in sees anything."""
        del user
        return refusals.locked(request)


class CompanySignOn(DefaultSocialAccountAdapter):  # type: ignore[misc]  # likewise
    """The company's sign-on (OpenID Connect): a person's groups say their role, each time they come; without one they stay out."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Whoever has a role by their groups may come in."""
        del request
        return role_of_groups(sociallogin.account.extra_data) is not None

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Give a person the role that their groups say today; without one they are turned away, and lose the one they had."""
        given = role_of_groups(sociallogin.account.extra_data)
        person = sociallogin.user
        person.role, person.area_code, person.dealer_code = given or ("", "", "")
        if sociallogin.is_existing:
            person.save(update_fields=["role", "area_code", "dealer_code"])
        if given is None:
            raise ImmediateHttpResponse(refusals.no_right(request))

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> Person:
        """Name a new person as the company's sign-on does."""
        person: Person = super().populate_user(request, sociallogin, data)
        person.set_unusable_password()
        return person


def role_of_groups(said: dict[str, Any]) -> tuple[str, str, str] | None:
    """Return role, area and dealer by the first group that the settings know.

    ``said`` is what the provider says of a person: groups in ``groups``, area and dealer in ``area_code`` and ``dealer_code``.
    """
    claims = {**said, **said.get("userinfo", {}), **said.get("id_token", {})}
    for group in claims.get("groups", ()):
        role = settings.RENOTIFY_ROLE_OF_GROUP.get(group)
        if role in list(Role):
            return role, str(claims.get("area_code", "")), str(claims.get("dealer_code", ""))
    return None


@receiver(user_logged_in)
def note_sign_in(user: Person, **_: object) -> None:
    """Write a sign-in into the reading log."""
    note(user, Deed.SIGNED_IN)
