package ledger

import (
	"errors"
	"fmt"
	"sort"
)

// Entry is one movement of money.
type Entry struct {
	Account string
	Amount  int64
	Note    string
}

// Ledger keeps entries in the order of their booking.
type Ledger struct {
	entries []Entry
	totals  map[string]int64
}

// New returns an empty ledger.
func New() *Ledger {
	return &Ledger{totals: make(map[string]int64)}
}

// Book adds an entry; an empty account is an error.
func (l *Ledger) Book(entry Entry) error {
	if entry.Account == "" {
		return errors.New("an entry needs an account")
	}
	l.entries = append(l.entries, entry)
	l.totals[entry.Account] += entry.Amount
	return nil
}

// Accounts returns the names of all accounts, sorted.
func (l *Ledger) Accounts() []string {
	names := make([]string, 0, len(l.totals))
	for name := range l.totals {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func (l *Ledger) String() string {
	out := ""
	for i, entry := range l.entries {
		switch {
		case entry.Amount < 0:
			out += fmt.Sprintf("%d: %s pays %d\n", i, entry.Account, -entry.Amount)
		default:
			out += fmt.Sprintf("%d: %s gets %d\n", i, entry.Account, entry.Amount)
		}
	}
	return out
}
