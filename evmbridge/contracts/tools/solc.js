#!/usr/bin/env node
// solc-js behind the command line of the native compiler, as far as forge uses it: --version and --standard-json.
'use strict';
const fs = require('fs');
const solc = require('solc');

const args = process.argv.slice(2);
if (args.includes('--version')) {
  const version = solc.version().replace('Emscripten.clang', 'Linux.g++');
  console.log(`solc, the solidity compiler commandline interface\nVersion: ${version}`);
} else if (args.includes('--standard-json')) {
  // No exit after it: output of more than 64 KiB would be cut.
  process.stdout.write(solc.compile(fs.readFileSync(0, 'utf8')));
} else {
  console.error(`solc.js: cannot do ${args.join(' ')}`);
  process.exitCode = 1;
}
