#!/usr/bin/env node
// npm links a command when it installs, which is before the first build: the file to link must be there.
import('../dist/embedded/command/main.js');
