"""Prints one vector with the server_auth field, made by fwknop's library (libfko): its client has no option for it."""

import base64
import ctypes
import json

fko = ctypes.CDLL("libfko.so.3")
KEY, HMAC_KEY = b"testtest", b"hmackey1"
NAT_ACCESS_WITH_TIMEOUT, HMAC_SHA256 = 4, 3


def call(name, *args):
    status = getattr(fko, name)(*args)
    assert status == 0, (name, status)


def text(name):
    out = ctypes.c_char_p()
    call(name, context, ctypes.byref(out))
    return out.value.decode()


context = ctypes.c_void_p()
call("fko_new", ctypes.byref(context))
call("fko_set_username", context, b"alice")
call("fko_set_spa_message_type", context, ctypes.c_short(NAT_ACCESS_WITH_TIMEOUT))
call("fko_set_spa_message", context, b"198.51.100.7,tcp/22")
call("fko_set_spa_nat_access", context, b"192.168.10.3,22")
call("fko_set_spa_server_auth", context, b"crypt,secret")
call("fko_set_spa_client_timeout", context, ctypes.c_int(44))
call("fko_set_spa_message_type", context, ctypes.c_short(NAT_ACCESS_WITH_TIMEOUT))
call("fko_set_spa_hmac_type", context, ctypes.c_short(HMAC_SHA256))
call("fko_spa_data_final", context, KEY, len(KEY), HMAC_KEY, len(HMAC_KEY))
print(json.dumps({
    "name": "NAT with server_auth and timeout",
    "options": "made by the library: auth-vector.py",
    "key": base64.b64encode(KEY).decode(),
    "hmacKey": base64.b64encode(HMAC_KEY).decode(),
    "hmacType": "sha256",
    "digest": "SHA256",
    "plain": text("fko_get_encoded_data"),
    "wire": text("fko_get_spa_data"),
}))
