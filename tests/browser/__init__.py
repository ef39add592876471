"""The verification page in a real browser: Debian's Chromium, headless, with no network. Without one the tests are left out, aloud."""
