// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

// One error for each cause; evmbridge's Go code has a sentinel for each of them.

// The relay.
error UnknownParent();
error BadLength();
error BadLink();
error BadBits();
error BadWork();
error BadTime();
error UnsupportedNetwork();
error NotBestChain();

// Inclusion and transactions.
error TooShallow(uint256 need, uint256 have);
error Size64();
error WitnessForm();
error NonMinimal();
error Trailing();
error BadMerkle();
error DepthMismatch();
error BadScript();
error ValueTooLow();
error WrongTransaction();
error NotASpend();

// Minting.
error BadSeries();
error BadUnits();
error OutpointUsed();
error BelowThreshold();
error NotOperator();
error UnsortedSigners();
error BadSignature();
error Expired();
error TooLate();
error BondTooLow();
error CapExceeded();
error MintIsPaused();
error MintIsHalted();

// Oracles.
error UnknownEvent();
error BadNonceList();
error BadAnnouncement();
error BadAttestation();
error AlreadyAttested();
error ValuesDiffer();
error NotPriced();

// Settlement and redemption.
error UnknownLot();
error NotFinal();
error NotOpen();
error TooEarly();
error BelowMinimum();
error FeeOutOfRange();
error UnknownRedemption();
error ShortPayment();
error BadBatch();
error BadRecord();

// Callers, assets, numbers.
error NotBridge();
error NotFraud();
error NotGuardian();
error NotOwner();
error NotPayer();
error BadAsset();
error BadConfig();
error OutOfRange();
error UnknownAccusation();
error NoFraud();
