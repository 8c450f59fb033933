"""A small exchange on this machine that answers as Binance does, and misbehaves on demand."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

MINUTE = 60_000
START = 1_709_251_200_000  # 2024-03-01 00:00 UTC
DATE = "Fri, 01 Mar 2024 {:02d}:{:02d}:30 GMT"


def kline(opens, minutes=1):
    """A kline of a price that only its minute decides."""
    price = 60_000 + opens // MINUTE % 1_000
    low, high = f"{price - 1}.00", f"{price + 1}.10"
    times = (opens, opens + minutes * MINUTE - 1)
    return [
        times[0],
        f"{price}.00",
        high,
        low,
        f"{price}.10",
        "1.234567",
        times[1],
        "1",
        2,
        "3",
        "4",
        "0",
    ]


class Exchange:
    """Klines from one moment on, as many as there are; `faults` come first, one a request."""

    def __init__(self, count, minutes=1, missing=()):
        every = [kline(START + n * minutes * MINUTE, minutes) for n in range(count)]
        self.klines = [row for n, row in enumerate(every) if n not in missing]
        self.faults = []
        self.asked = []
        self.date = DATE.format(23, 59)

    def __enter__(self):
        exchange = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                exchange.answer(self)

            def log_message(self, *_args):
                pass

            def date_time_string(self, *_moment):
                return exchange.date

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.base = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.01,))
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def page(self, query):
        since, until, limit = (int(query[name]) for name in ("startTime", "endTime", "limit"))
        return [row for row in self.klines if since <= row[0] <= until][:limit]

    def answer(self, handler):
        parts = urlsplit(handler.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        self.asked.append((parts.path, query))
        fault = self.faults.pop(0) if self.faults else None
        body = json.dumps(self.page(query)).encode()
        if fault is None:
            send(handler, 200, body)
        else:
            fault(handler, body)


def send(handler, status, body, headers=()):
    handler.send_response(status)
    for name, value in headers:
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)


def status(code, body=b"", **headers):
    """An answer that is no success."""
    named = [(name.replace("_", "-"), str(value)) for name, value in headers.items()]
    return lambda handler, _body: send(handler, code, body, named)


def truncated(handler, body):
    """JSON that ends too early."""
    send(handler, 200, body[: len(body) // 2])


def cut(handler, body):
    """A connection that closes in the middle of what was promised."""
    handler.send_response(200)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body[:100])
    handler.close_connection = True


def closed(handler, _body):
    """A connection that closes without a word."""
    handler.close_connection = True


def saying(value):
    """A success with another content."""
    content = value if isinstance(value, bytes) else json.dumps(value).encode()
    return lambda handler, _body: send(handler, 200, content)


def slow(gate):
    """An answer that comes after the client has given up."""

    def wait(handler, body):
        gate.wait(10)
        try:
            send(handler, 200, body)
        except OSError:
            handler.close_connection = True

    return wait
