// Compiles the contracts with solc-js: `node tools/build.js` writes artifacts.json and the artifacts of the test contracts,
// `--check` only compares. The output has the form of solc's combined JSON, which abigen reads, and the hash of the
// compiler's whole input, so that anybody can tell whether it belongs to these sources.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const path = require('path');
const solc = require('solc');
const settings = require('./settings.js');

const root = path.join(__dirname, '..');
const LIMIT = 24576; // EIP-170
const PRODUCTS = ['CheckpointRelay', 'Spv', 'OracleVerifier', 'SeriesToken', 'LotToken', 'SeriesBook', 'Committee', 'Bond', 'Bridge', 'Fraud'];

function sourcesOf(folder) {
  const found = {};
  for (const name of fs.readdirSync(path.join(root, folder)).sort()) {
    if (name.endsWith('.sol') && !name.endsWith('.t.sol')) {
      found[`${folder}/${name}`] = { content: fs.readFileSync(path.join(root, folder, name), 'utf8') };
    }
  }
  return found;
}

function compile(folders) {
  const sources = Object.assign({}, ...folders.map(sourcesOf));
  const imported = {};
  const find = (name) => {
    const file = path.join(root, 'node_modules', name);
    try {
      imported[name] = fs.readFileSync(file, 'utf8');
      return { contents: imported[name] };
    } catch (err) {
      return { error: String(err) };
    }
  };
  const input = { language: 'Solidity', sources, settings };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: find }));
  // Our own warnings count as errors; those of a dependency are its author's.
  const problems = (output.errors || []).filter((p) => p.severity === 'error' || !/solady/.test((p.sourceLocation || {}).file));
  problems.forEach((p) => console.error(p.formattedMessage));
  if (problems.length > 0 && !process.argv.includes('--sizes')) process.exit(1);
  const hash = crypto.createHash('sha256').update(JSON.stringify([solc.version(), input, Object.entries(imported).sort()]));
  return { output, hash: hash.digest('hex') };
}

function artifacts({ output, hash }, wanted) {
  const contracts = {};
  for (const file of Object.keys(output.contracts).sort()) {
    for (const name of Object.keys(output.contracts[file]).sort()) {
      if (!wanted(file, name)) continue;
      const made = output.contracts[file][name];
      contracts[`${file}:${name}`] = {
        abi: made.abi,
        bin: made.evm.bytecode.object,
        'bin-runtime': made.evm.deployedBytecode.object,
        // Where the deployed code differs from bin-runtime: [start, length] of each immutable, in bytes.
        immutables: Object.values(made.evm.deployedBytecode.immutableReferences || {})
          .flat()
          .map(({ start, length }) => [start, length])
          .sort((a, b) => a[0] - b[0]),
      };
    }
  }
  return { version: solc.version(), input: hash, contracts };
}

function put(file, content, check) {
  const text = JSON.stringify(content) + '\n';
  const before = fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
  if (before === text) return true;
  if (check) {
    console.error(`${path.relative(root, file)} does not belong to the sources: run make contracts`);
    return false;
  }
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, text);
  return true;
}

const check = process.argv.includes('--check');
const product = artifacts(compile(['src']), (_, name) => PRODUCTS.includes(name));
let ok = put(path.join(root, 'artifacts.json'), product, check);
if (!process.argv.includes('--only-product')) {
  const tests = artifacts(compile(['src', 'test']), (file, name) => file.startsWith('test/') && !name.startsWith('I'));
  ok = put(path.join(root, '..', 'testdata', 'contracts.json'), tests, check) && ok;
}
for (const [name, made] of Object.entries(product.contracts)) {
  const size = made['bin-runtime'].length / 2;
  if (size > LIMIT) ok = false;
  console.log(`${name.split(':')[1].padEnd(16)} ${String(size).padStart(6)} bytes${size > LIMIT ? `, OVER ${LIMIT}` : ''}`);
}
console.log(`${check ? 'compared' : 'compiled'} with solc ${product.version}, input ${product.input}`);
process.exitCode = ok ? 0 : 1;
