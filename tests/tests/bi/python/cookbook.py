"""Prints the rows that SQL files answer to ClickHouse's Python client: URL, account, collection, time zone, then files.

A line each, columns apart by tabs, under a line with the file's name.
"""

import sys
from pathlib import Path

import clickhouse_connect


def main() -> None:
    url, account, collection, timezone, *files = sys.argv[1:]
    client = clickhouse_connect.get_client(dsn=url)
    parameters = {"account": account, "collection": collection, "timezone": timezone}
    for file in map(Path, files):
        print(f"# {file.name}")
        for row in client.query(file.read_text(), parameters=parameters).result_rows:
            print(*("" if value is None else value for value in row), sep="\t")


main()
