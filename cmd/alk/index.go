package main

import "github.com/spf13/cobra"

// indexCommand groups what is about the mining-reward index.
func (a *app) indexCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "index", Short: "The mining-reward index: compute, show, chart", Args: cobra.NoArgs, RunE: help}
	cmd.AddCommand(a.indexBlockCommand(), a.indexDayCommand(), a.indexHistoryCommand(), a.indexChartCommand())
	return cmd
}
