// Runs solhint over the sources, by relative paths: it cannot do absolute ones.
'use strict';
const { spawnSync } = require('child_process');
const path = require('path');

const root = path.join(__dirname, '..');
const solhint = path.join('node_modules', 'solhint', 'solhint.js');
const run = spawnSync(process.execPath, [solhint, '--disc', '--noPoster', '--max-warnings', '0', 'src/*.sol'], { cwd: root, stdio: 'inherit' });
process.exitCode = run.status === null ? 1 : run.status;
