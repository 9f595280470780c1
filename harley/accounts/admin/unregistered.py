"""What the apps we use put into the admin, and nobody may see or change there."""

from django.contrib import admin
from django.contrib.auth.models import Group, User
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

admin.site.unregister([StaticDevice, TOTPDevice])  # the keys behind people's codes are theirs alone
admin.site.unregister([Group, User])  # the roles are harley/accounts/roles.py, accounts are harley/accounts/admin/users.py
