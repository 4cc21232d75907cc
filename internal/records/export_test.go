package records

// BreakMark closes the mark's file, as a disk that fails would.
func (d *DB) BreakMark() { _ = d.mark.file.Close() }

// RequireSpace is what every write asks first.
var RequireSpace = requireSpace
