# SPDX-License-Identifier: BSD-2-Clause
"""Somebody at a terminal: types, waits for what comes, leaves in the end."""

import os
import re
import signal
import subprocess
import threading
import time

PROMPT = "tvm# "
# Not faster than anybody types who pastes
PASTE = 16


class Lost(Exception):
    """What was waited for did not come."""


class Terminal:
    """A command with its input and output; it ends with the with-block."""

    def __init__(self, command, log, env, cwd, prompt=PROMPT):
        self.prompt = prompt
        self.text = ""
        self.at = 0
        self.ended = False
        self.log = open(log, "w", encoding="utf-8")
        self.more = threading.Condition()
        # A session of its own, so that all of it can be ended
        self.process = subprocess.Popen(
            [str(c) for c in command], env=env, cwd=cwd,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, start_new_session=True)
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        self.reader.join(10)
        self.process.stdin.close()
        self.log.close()

    def read(self):
        """Collect what comes, without what is for a screen only."""
        while True:
            data = os.read(self.process.stdout.fileno(), 65536)
            text = re.sub(r"\x1b\[[\d;]*[A-Za-z]|\r", "",
                          data.decode("latin-1"))
            with self.more:
                self.text += text
                self.ended = not data
                self.more.notify_all()
            self.log.write(text)
            self.log.flush()
            if not data:
                return

    def expect(self, pattern, seconds):
        """Wait for a pattern behind what was found last."""
        pattern = re.compile(pattern, re.S)
        end = time.time() + seconds
        with self.more:
            while True:
                found = pattern.search(self.text, self.at)
                if found:
                    self.at = found.end()
                    return found
                left = end - time.time()
                if self.ended or left <= 0:
                    raise Lost("%s %s" % (
                        "no" if self.ended else "in %d s no" % seconds,
                        pattern.pattern))
                self.more.wait(left)

    def send(self, text):
        """Type."""
        data = text.encode("latin-1")
        for i in range(0, len(data), PASTE):
            try:
                self.process.stdin.write(data[i:i + PASTE])
                self.process.stdin.flush()
            except BrokenPipeError:
                raise Lost("nobody reads the input") from None
            time.sleep(0.02)

    def command(self, line, seconds=60):
        """Have the shell run a line: its exit status and output."""
        # What the terminal echoes has quotes in it, the output has none
        self.send('echo "{""{"; %s; echo "}""}"$?@\n' % line)
        found = self.expect(r"\{\{\n(.*?)\}\}(\d+)@\n", seconds)
        self.expect(re.escape(self.prompt), 10)
        return int(found[2]), found[1]

    def finish(self, seconds):
        """Wait for the end: the exit status, and what came until then."""
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            raise Lost("no end within %d s" % seconds) from None
        self.reader.join(10)
        rest = self.text[self.at:]
        self.at = len(self.text)
        return status, rest
