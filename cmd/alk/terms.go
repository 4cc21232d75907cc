package main

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
)

// products by the words of the command line.
var products = map[string]string{
	"swap": "SWAP_M", "prepaid": "SWAP_P", "call": "CALL", "put": "PUT", "collar": "COLLAR", "note": "CONV",
}

// termsFlags describe what is traded.
type termsFlags struct {
	product, index, start, size, rate, strike, strike2, floor, cap, face, premium string

	days, threshold, bucket uint32
	oracles                 []string
	cmd                     *cobra.Command
}

func (f *termsFlags) add(cmd *cobra.Command) {
	f.cmd = cmd
	s := cmd.Flags()
	s.StringVar(&f.product, "product", "swap", "swap, prepaid, call, put, collar or note (or SWAP_M, SWAP_P, CALL, PUT, COLLAR, CONV)")
	s.StringVar(&f.index, "index", "", "index and leg, such as hp1/tot (default: that of the network)")
	s.StringVar(&f.start, "start", "", "first day: a date or Unix day (default: the day after the last closed one)")
	s.Uint32Var(&f.days, "days", 30, "how many days")
	s.StringVar(&f.size, "size", "", "hashrate, such as 5PH, 500TH or 5RU")
	s.StringVar(&f.rate, "rate", "", "rate of a swap, satoshi per unit and day")
	s.StringVar(&f.strike, "strike", "", "strike of an option or note, of a collar the put's, satoshi per unit and day")
	s.StringVar(&f.strike2, "call-strike", "", "strike of a collar's call")
	s.StringVar(&f.floor, "floor", "", "floor (default: that of the standard series)")
	s.StringVar(&f.cap, "cap", "", "cap (default: that of the standard series)")
	s.StringVar(&f.face, "face-value", "", "face value of a note, satoshi per unit for the whole window")
	s.StringVar(&f.premium, "premium", "", "premium of an option or note, satoshi per unit for the whole window")
	s.Uint32Var(&f.bucket, "bucket", 0, "bucket exponent: outcomes settle in steps of 2^N (default: chosen)")
	s.StringSliceVar(&f.oracles, "oracle", nil, "keys of the oracles (default: the allow-list)")
	s.Uint32Var(&f.threshold, "threshold", 0, "how many oracles must agree (default: the policy's, or a majority)")
	must(cmd.RegisterFlagCompletionFunc("product", cobra.FixedCompletions(
		[]string{"swap", "prepaid", "call", "put", "collar", "note"}, cobra.ShellCompDirectiveNoFileComp)))
}

// must is for what fails only if this program is wrong.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// draft reads the flags. asked says that the price is what is asked for.
func (f *termsFlags) draft(asked bool) (*alkv1.TermsDraft, error) {
	t := &alkv1.TermsDraft{Index: f.index, Days: f.days, Oracles: f.oracles, Threshold: f.threshold}
	t.Product = strings.ToUpper(f.product)
	if name, ok := products[strings.ToLower(f.product)]; ok {
		t.Product = name
	}
	if !slices.Contains([]string{"SWAP_M", "SWAP_P", "CALL", "PUT", "COLLAR", "CONV"}, t.GetProduct()) {
		return nil, errUsage("use swap, prepaid, call, put, collar or note", "unknown product %q", f.product)
	}
	if f.size == "" {
		return nil, errUsage(hashrateHint, "--size is needed")
	}
	var err error
	if t.NotionalThs, err = parseSize(f.size); err != nil {
		return nil, err
	}
	if f.start != "" {
		if t.StartDay, err = parseUnixDay(f.start); err != nil {
			return nil, err
		}
	}
	if f.cmd.Flags().Changed("bucket") {
		t.Bucket = &f.bucket
	}
	return t, f.prices(t, asked)
}

// prices reads those that the product has, and refuses others.
func (f *termsFlags) prices(t *alkv1.TermsDraft, asked bool) error {
	swap := t.GetProduct() == "SWAP_M" || t.GetProduct() == "SWAP_P"
	has := map[string]bool{
		"rate": swap && !asked, "strike": !swap, "call-strike": t.GetProduct() == "COLLAR", "premium": !swap && !asked,
		"face-value": t.GetProduct() == "CONV",
	}
	for name, text := range map[string]string{
		"rate": f.rate, "strike": f.strike, "call-strike": f.strike2, "premium": f.premium, "face-value": f.face,
	} {
		switch {
		case text != "" && !has[name]:
			return errUsage("leave it out", "--%s means nothing here for %s", name, t.GetProduct())
		case text == "" && has[name]:
			return errUsage("add it", "--%s is needed for %s", name, t.GetProduct())
		}
	}
	for _, p := range []struct {
		text string
		to   *uint64
	}{{f.rate, &t.K}, {f.strike, &t.K}, {f.strike2, &t.Kc}, {f.face, &t.FaceValue}} {
		if p.text == "" {
			continue
		}
		v, err := parseSats(p.text)
		if err != nil {
			return err
		}
		*p.to = v
	}
	for _, p := range []struct {
		text string
		to   **uint64
	}{{f.floor, &t.Floor}, {f.cap, &t.Cap}} {
		if p.text == "" {
			continue
		}
		v, err := parseSats(p.text)
		if err != nil {
			return err
		}
		*p.to = &v
	}
	if f.premium == "" {
		return nil
	}
	var err error
	t.Premium, err = parseSignedSats(f.premium)
	return err
}

// priceText names the price of terms.
func priceText(product string, k, kc uint64, premium int64) string {
	switch product {
	case "SWAP_M", "SWAP_P":
		return sat(k)
	case "COLLAR":
		return fmt.Sprintf("%s/%s at %s", sat(k), sat(kc), sat(premium))
	}
	return fmt.Sprintf("%s at %s", sat(k), sat(premium))
}

// bandText shows floor and cap as far as the product has them.
func bandText(floor, cap uint64) string {
	switch {
	case floor == 0 && cap == 0:
		return "-"
	case cap == 0:
		return sat(floor) + " .."
	case floor == 0:
		return ".. " + sat(cap)
	}
	return sat(floor) + " .. " + sat(cap)
}

// termsRows prints terms.
func termsRows(w io.Writer, t *alkv1.Terms) {
	row(w, "product", t.GetProduct())
	row(w, "index", t.GetIndex())
	row(w, "window", windowText(t.GetStartDay(), t.GetEndDay()))
	row(w, "size", sizeText(uint64(t.GetNotionalThs()), t.GetIndex()))
	switch t.GetProduct() {
	case "SWAP_M", "SWAP_P":
		row(w, "rate", perDay(t.GetK(), t.GetIndex()))
	case "COLLAR":
		row(w, "put strike", perDay(t.GetK(), t.GetIndex()))
		row(w, "call strike", perDay(t.GetKc(), t.GetIndex()))
	default:
		row(w, "strike", perDay(t.GetK(), t.GetIndex()))
	}
	row(w, "floor and cap", bandText(t.GetFloor(), t.GetCap()))
	if t.GetFaceValue() > 0 {
		row(w, "face value", sat(t.GetFaceValue())+" sat per "+unitName(t.GetIndex()))
	}
	if t.GetPremium() != 0 {
		row(w, "premium", sat(t.GetPremium())+" sat per "+unitName(t.GetIndex())+" for the whole window")
	}
	row(w, "settles on", fmt.Sprintf("%s by %d of %d oracles, in steps of %s", t.GetEvent(), t.GetThreshold(), len(t.GetOracles()),
		sat(uint64(1)<<min(t.GetBucket(), 16))))
}

func perDay(price uint64, index string) string {
	return fmt.Sprintf("%s sat per %s and day", sat(price), unitName(index))
}
