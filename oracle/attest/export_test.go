package attest

// DialectOf lets tests reach the ambiguous case, which no signature does.
var DialectOf = dialectOf

// VerifyBIP340 is what judges every signature of this package.
var VerifyBIP340 = verifyBIP340
