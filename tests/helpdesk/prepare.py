"""Makes the desk's database, its people and their tokens; prints them as JSON."""

import json
import os

import django
from django.core.management import call_command

os.environ["DJANGO_SETTINGS_MODULE"] = "clinic.settings"
django.setup()
call_command("migrate", verbosity=0)

from django.contrib.auth import get_user_model  # noqa: E402
from helpdesk.models import Queue  # noqa: E402
from rest_framework.authtoken.models import Token  # noqa: E402

people = {}
for name in ["ibid", "nurse"]:
    user = get_user_model().objects.create_superuser(name, f"{name}@clinic.example", "a password")
    people[name] = {"id": user.id, "token": Token.objects.create(user=user).key}
queue = Queue.objects.create(title="Patients", slug="patients", allow_public_submission=True)
print(json.dumps({"people": people, "queue": queue.id}))
