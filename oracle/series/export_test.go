package series

import "github.com/alkimiya/alkimiya/internal/records"

// ForgetDays deletes the days after one, as a crash leaves the store that came while
// many days were written.
func (s *Series) ForgetDays(after uint32) error {
	b := s.now()
	last := b.day
	b.day = after
	return s.write(b, func(t *records.Txn) error {
		for day := after + 1; day <= last; day++ {
			if err := t.Delete(heightKey(prefixDay, day)); err != nil {
				return err
			}
		}
		return nil
	})
}
