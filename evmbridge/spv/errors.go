package spv

import "errors"

// One error for each cause, the same as the contracts revert with. Functions here
// return them wrapped with the datum; Revert finds them in what a contract
// answered. Test with errors.Is.
var (
	// ErrUnknownParent: the parent of the first header is no checkpoint.
	ErrUnknownParent = errors.New("the parent of the first header is no checkpoint")
	// ErrBadLength: a length, or a count in a transaction, does not fit.
	ErrBadLength = errors.New("a length, or a count in a transaction, does not fit")
	// ErrBadLink: a header does not follow the one before.
	ErrBadLink = errors.New("a header does not follow the one before")
	// ErrBadBits: the bits are not those that consensus demands.
	ErrBadBits = errors.New("the bits are not those that consensus demands")
	// ErrBadWork: a header lacks its proof of work.
	ErrBadWork = errors.New("a header lacks its proof of work")
	// ErrBadTime: a header is not later than the median of eleven, or more than two hours ahead.
	ErrBadTime = errors.New("a header is not later than the median of eleven, or more than two hours ahead")
	// ErrUnsupportedNetwork: the network has rules that the relay does not know.
	ErrUnsupportedNetwork = errors.New("the network has rules that the relay does not know")
	// ErrNotBestChain: the block is not on the best chain, or too many hops behind its tip.
	ErrNotBestChain = errors.New("the block is not on the best chain, or too many hops behind its tip")
	// ErrTooShallow: too few confirmations for the value.
	ErrTooShallow = errors.New("too few confirmations for the value")
	// ErrSize64: a transaction of 64 bytes.
	ErrSize64 = errors.New("a transaction of 64 bytes")
	// ErrWitnessForm: a transaction with witness, or without inputs.
	ErrWitnessForm = errors.New("a transaction with witness, or without inputs")
	// ErrNonMinimal: a CompactSize that is not minimal.
	ErrNonMinimal = errors.New("a CompactSize that is not minimal")
	// ErrTrailing: bytes after the end of a transaction.
	ErrTrailing = errors.New("bytes after the end of a transaction")
	// ErrBadMerkle: a Merkle branch leads elsewhere, or its index does not fit.
	ErrBadMerkle = errors.New("a Merkle branch leads elsewhere, or its index does not fit")
	// ErrDepthMismatch: the coinbase is proven at another depth.
	ErrDepthMismatch = errors.New("the coinbase is proven at another depth")
	// ErrBadScript: a script is not the one expected, or of no known form.
	ErrBadScript = errors.New("a script is not the one expected, or of no known form")
	// ErrValueTooLow: the funding output has too little.
	ErrValueTooLow = errors.New("the funding output has too little")
	// ErrWrongTransaction: the transaction is not the one named.
	ErrWrongTransaction = errors.New("the transaction is not the one named")
	// ErrNotASpend: the transaction does not spend the outpoint.
	ErrNotASpend = errors.New("the transaction does not spend the outpoint")
	// ErrBadSeries: there is no such series, or its key is not valid.
	ErrBadSeries = errors.New("there is no such series, or its key is not valid")
	// ErrBadUnits: a number of units does not fit.
	ErrBadUnits = errors.New("a number of units does not fit")
	// ErrOutpointUsed: this side of the outpoint has been minted.
	ErrOutpointUsed = errors.New("this side of the outpoint has been minted")
	// ErrBelowThreshold: too few signatures.
	ErrBelowThreshold = errors.New("too few signatures")
	// ErrNotOperator: a signer is no operator.
	ErrNotOperator = errors.New("a signer is no operator")
	// ErrUnsortedSigners: signers do not ascend strictly.
	ErrUnsortedSigners = errors.New("signers do not ascend strictly")
	// ErrBadSignature: a signature has a high s or a wrong v.
	ErrBadSignature = errors.New("a signature has a high s or a wrong v")
	// ErrExpired: the attestation has expired.
	ErrExpired = errors.New("the attestation has expired")
	// ErrTooLate: too late for this.
	ErrTooLate = errors.New("too late for this")
	// ErrBondTooLow: a bond holds too little.
	ErrBondTooLow = errors.New("a bond holds too little")
	// ErrCapExceeded: a cap would be exceeded.
	ErrCapExceeded = errors.New("a cap would be exceeded")
	// ErrMintIsPaused: minting is paused.
	ErrMintIsPaused = errors.New("minting is paused")
	// ErrMintIsHalted: fraud was proven; minting is stopped for good.
	ErrMintIsHalted = errors.New("fraud was proven; minting is stopped for good")
	// ErrUnknownEvent: the oracle event is not in the state needed.
	ErrUnknownEvent = errors.New("the oracle event is not in the state needed")
	// ErrBadNonceList: the nonces, or the event that lists them, are not acceptable.
	ErrBadNonceList = errors.New("the nonces, or the event that lists them, are not acceptable")
	// ErrBadAnnouncement: the announcement is not signed by the oracle.
	ErrBadAnnouncement = errors.New("the announcement is not signed by the oracle")
	// ErrBadAttestation: the oracle did not attest the value.
	ErrBadAttestation = errors.New("the oracle did not attest the value")
	// ErrAlreadyAttested: the event is attested, or the value is the attested one.
	ErrAlreadyAttested = errors.New("the event is attested, or the value is the attested one")
	// ErrValuesDiffer: too few oracles attested the same value.
	ErrValuesDiffer = errors.New("too few oracles attested the same value")
	// ErrNotPriced: the series has no price yet.
	ErrNotPriced = errors.New("the series has no price yet")
	// ErrUnknownLot: no such lot was minted.
	ErrUnknownLot = errors.New("no such lot was minted")
	// ErrNotFinal: not everything is final.
	ErrNotFinal = errors.New("not everything is final")
	// ErrNotOpen: not in the state that this needs.
	ErrNotOpen = errors.New("not in the state that this needs")
	// ErrTooEarly: too early for this.
	ErrTooEarly = errors.New("too early for this")
	// ErrBelowMinimum: the claim is below the smallest redemption.
	ErrBelowMinimum = errors.New("the claim is below the smallest redemption")
	// ErrFeeOutOfRange: the fee is out of range.
	ErrFeeOutOfRange = errors.New("the fee is out of range")
	// ErrUnknownRedemption: no such redemption waits for this.
	ErrUnknownRedemption = errors.New("no such redemption waits for this")
	// ErrShortPayment: a payment is too small.
	ErrShortPayment = errors.New("a payment is too small")
	// ErrBadBatch: the transaction is not the batch of these redemptions.
	ErrBadBatch = errors.New("the transaction is not the batch of these redemptions")
	// ErrBadRecord: the record is not that of a proof that can be contested.
	ErrBadRecord = errors.New("the record is not that of a proof that can be contested")
	// ErrNotBridge: the caller is not the bridge.
	ErrNotBridge = errors.New("the caller is not the bridge")
	// ErrNotFraud: the caller is not the fraud contract.
	ErrNotFraud = errors.New("the caller is not the fraud contract")
	// ErrNotGuardian: the caller is no guardian.
	ErrNotGuardian = errors.New("the caller is no guardian")
	// ErrNotOwner: only the owner of the units may ask for this.
	ErrNotOwner = errors.New("only the owner of the units may ask for this")
	// ErrNotPayer: the caller did not post the bond.
	ErrNotPayer = errors.New("the caller did not post the bond")
	// ErrBadAsset: the bond asset does not behave.
	ErrBadAsset = errors.New("the bond asset does not behave")
	// ErrBadConfig: a deployment is not complete.
	ErrBadConfig = errors.New("a deployment is not complete")
	// ErrOutOfRange: a number does not fit.
	ErrOutOfRange = errors.New("a number does not fit")
	// ErrUnknownAccusation: nobody is accused of this.
	ErrUnknownAccusation = errors.New("nobody is accused of this")
	// ErrNoFraud: this is no fraud.
	ErrNoFraud = errors.New("this is no fraud")
)

// signatures are the errors by their signatures in the contracts.
var signatures = map[string]error{
	"UnknownParent()":             ErrUnknownParent,
	"BadLength()":                 ErrBadLength,
	"BadLink()":                   ErrBadLink,
	"BadBits()":                   ErrBadBits,
	"BadWork()":                   ErrBadWork,
	"BadTime()":                   ErrBadTime,
	"UnsupportedNetwork()":        ErrUnsupportedNetwork,
	"NotBestChain()":              ErrNotBestChain,
	"TooShallow(uint256,uint256)": ErrTooShallow,
	"Size64()":                    ErrSize64,
	"WitnessForm()":               ErrWitnessForm,
	"NonMinimal()":                ErrNonMinimal,
	"Trailing()":                  ErrTrailing,
	"BadMerkle()":                 ErrBadMerkle,
	"DepthMismatch()":             ErrDepthMismatch,
	"BadScript()":                 ErrBadScript,
	"ValueTooLow()":               ErrValueTooLow,
	"WrongTransaction()":          ErrWrongTransaction,
	"NotASpend()":                 ErrNotASpend,
	"BadSeries()":                 ErrBadSeries,
	"BadUnits()":                  ErrBadUnits,
	"OutpointUsed()":              ErrOutpointUsed,
	"BelowThreshold()":            ErrBelowThreshold,
	"NotOperator()":               ErrNotOperator,
	"UnsortedSigners()":           ErrUnsortedSigners,
	"BadSignature()":              ErrBadSignature,
	"Expired()":                   ErrExpired,
	"TooLate()":                   ErrTooLate,
	"BondTooLow()":                ErrBondTooLow,
	"CapExceeded()":               ErrCapExceeded,
	"MintIsPaused()":              ErrMintIsPaused,
	"MintIsHalted()":              ErrMintIsHalted,
	"UnknownEvent()":              ErrUnknownEvent,
	"BadNonceList()":              ErrBadNonceList,
	"BadAnnouncement()":           ErrBadAnnouncement,
	"BadAttestation()":            ErrBadAttestation,
	"AlreadyAttested()":           ErrAlreadyAttested,
	"ValuesDiffer()":              ErrValuesDiffer,
	"NotPriced()":                 ErrNotPriced,
	"UnknownLot()":                ErrUnknownLot,
	"NotFinal()":                  ErrNotFinal,
	"NotOpen()":                   ErrNotOpen,
	"TooEarly()":                  ErrTooEarly,
	"BelowMinimum()":              ErrBelowMinimum,
	"FeeOutOfRange()":             ErrFeeOutOfRange,
	"UnknownRedemption()":         ErrUnknownRedemption,
	"ShortPayment()":              ErrShortPayment,
	"BadBatch()":                  ErrBadBatch,
	"BadRecord()":                 ErrBadRecord,
	"NotBridge()":                 ErrNotBridge,
	"NotFraud()":                  ErrNotFraud,
	"NotGuardian()":               ErrNotGuardian,
	"NotOwner()":                  ErrNotOwner,
	"NotPayer()":                  ErrNotPayer,
	"BadAsset()":                  ErrBadAsset,
	"BadConfig()":                 ErrBadConfig,
	"OutOfRange()":                ErrOutOfRange,
	"UnknownAccusation()":         ErrUnknownAccusation,
	"NoFraud()":                   ErrNoFraud,
}
