package secp

// Implementation says which of the package's implementations is in use: "portable".
func Implementation() string { return "portable" }
