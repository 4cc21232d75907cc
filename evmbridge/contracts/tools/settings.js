// The one set of compiler settings; foundry.toml says the same, and tools/solc.js refuses others.
'use strict';
module.exports = {
  optimizer: { enabled: true, runs: 20000 },
  viaIR: true,
  evmVersion: 'cancun',
  metadata: { bytecodeHash: 'none' },
  outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object', 'evm.deployedBytecode.object', 'evm.deployedBytecode.immutableReferences'] } },
};
