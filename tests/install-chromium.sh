#!/bin/sh
# A Chromium for the browser tests: the one on the PATH, else Debian's package, else Playwright's own download.
# Argument: the virtual environment's bin folder.
set -eu
if command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1; then
  exit 0
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  apt-get update -qq || true
  if DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium fonts-nanum >/dev/null; then
    exit 0
  fi
fi
"$1/python" -m playwright install chromium
