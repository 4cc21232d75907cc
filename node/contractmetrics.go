package node

import (
	"context"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/alkimiya/alkimiya/dlc/contract"
)

// contractCollector tells how the contracts stand; nothing while they are
// closed.
type contractCollector struct {
	d                                             *Daemon
	contracts, locked, undecided, readOnly, block *prometheus.Desc
}

func newContractCollector(d *Daemon) *contractCollector {
	desc := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("alkd_"+name, help, labels, nil)
	}
	return &contractCollector{
		d:         d,
		contracts: desc("contracts", "Contracts in memory, by phase.", "phase"),
		locked:    desc("contracts_locked_sat", "Own share of the collateral in funded contracts."),
		undecided: desc("contracts_undecided", "Contracts that wait for the user."),
		readOnly:  desc("contract_store_read_only", "1 if the contract store cannot be written and nothing is signed."),
		block:     desc("contract_height", "Height of the block by which contracts are judged."),
	}
}

// Describe implements prometheus.Collector.
func (c *contractCollector) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{c.contracts, c.locked, c.undecided, c.readOnly, c.block} {
		out <- desc
	}
}

// Collect implements prometheus.Collector.
func (c *contractCollector) Collect(out chan<- prometheus.Metric) {
	s := c.d.current()
	if s == nil || s.trading == nil {
		return
	}
	gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, labels...)
	}
	readOnly := 0.0
	if s.trading.engine.ReadOnly() {
		readOnly = 1
	}
	gauge(c.readOnly, readOnly)
	gauge(c.block, float64(s.trading.engine.Tip().Height))
	ctx, cancel := context.WithTimeout(context.Background(), askChain)
	defer cancel()
	totals, err := s.trading.engine.Totals(ctx)
	if err != nil {
		return // they are still being loaded
	}
	for _, phase := range contract.Phases() {
		gauge(c.contracts, float64(totals.ByPhase[phase]), phase.String())
	}
	gauge(c.locked, float64(totals.Locked))
	gauge(c.undecided, float64(totals.Undecided))
}
