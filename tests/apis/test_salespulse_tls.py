"""SalesPulse over TLS: what its text says of HTTP and HTTPS, at its real base path."""

from serving import start


def test_https_only() -> None:
    """The text: "HTTPS only. HTTP requests are redirected."

    Reading of "HTTP requests are redirected": served over TLS, plain HTTP answers 301 to https when asked to
    (`--tls`); off by default.
    """
    key = {"Authorization": "Bearer test-key"}
    with start("salespulse", "--tls") as served:
        place = f"{served.url}/api/v1/contacts?limit=2"
        assert served.client.get(place, headers=key).status_code == 200
        plain = served.client.get(place.replace("https:", "http:"), headers=key)
        assert (plain.status_code, plain.headers["location"]) == (301, place)
    with start("salespulse") as served:
        assert served.url.startswith("http:")
        assert served.client.get(f"{served.url}/api/v1/contacts", headers=key).status_code == 200
