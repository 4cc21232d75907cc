package client_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/alkimiya/alkimiya/node/rpc"
	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
	"github.com/alkimiya/alkimiya/node/rpc/fake"
)

// A miner sells 5 units of hashrate for 30 days to the best buyer, if the price
// is not more than two per cent below the reference.
func Example() {
	address, dir, stop := daemon()
	defer stop()

	c, err := client.Dial(client.Options{
		Addr: address, TLSCertPath: filepath.Join(dir, "tls.cert"), MacaroonPath: filepath.Join(dir, "trader.macaroon"),
	})
	if err != nil {
		log.Panic(err)
	}
	defer c.Close()
	ctx := context.Background()

	orders, err := c.Orders.ListOrders(ctx, &alkv1.ListOrdersRequest{
		Others: true, Refresh: true, Product: "SWAP_M", Side: "buy", MinDays: 30, MaxDays: 30, SizeThs: 5_000, Limit: 1,
	})
	if err != nil {
		log.Panic(err)
	}
	best := orders.GetOrders()[0]
	if float64(best.GetK()) < 0.98*best.GetFairPrice() {
		log.Panic("nobody pays enough")
	}
	plan, err := c.Orders.TakeOrder(ctx, &alkv1.TakeOrderRequest{Id: best.GetId(), NotionalThs: 5_000, DryRun: true})
	if err != nil {
		log.Panic(err)
	}
	fmt.Printf("sell at %d: lock %d sat, lose at most %d sat\n", best.GetK(),
		plan.GetSimulation().GetOwnLockSat(), plan.GetSimulation().GetMaxLossSat())

	taken, err := c.Orders.TakeOrder(ctx, &alkv1.TakeOrderRequest{Id: best.GetId(), NotionalThs: 5_000})
	if reason := client.Reason(err); reason != nil {
		// What to do next, for a person; reason.GetCode() is for a program.
		log.Panic(reason.GetHelp())
	} else if err != nil {
		log.Panic(err)
	}

	// Events tell how it goes on; a program that was away gives the last cursor.
	events, err := c.Events.WatchEvents(ctx, &alkv1.WatchEventsRequest{Contract: taken.GetContract().GetKey(), StoredOnly: true})
	if err != nil {
		log.Panic(err)
	}
	for events.Receive() {
		fmt.Println("now", events.Msg().GetPhase())
	}
	if err := events.Err(); err != nil {
		log.Panic(err)
	}
	// Output:
	// sell at 9900: lock 615000 sat, lose at most 615000 sat
	// now Offered
}

// daemon stands for alkd with an open wallet.
func daemon() (address, dir string, stop func()) {
	dir, err := os.MkdirTemp("", "alkd")
	if err != nil {
		log.Panic(err)
	}
	authority := rpc.NewAuthority(dir)
	node := fake.New(authority)
	s, err := rpc.NewServer(rpc.Config{
		Listen: []string{"127.0.0.1:0"}, Dir: dir, Node: node, Wallets: node, Wallet: node.Wallet, Trading: node.Trading,
		Authority: authority, Logger: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		log.Panic(err)
	}
	if err := s.Listen(); err != nil {
		log.Panic(err)
	}
	if _, err := node.Create(context.Background(), []byte("passphrase"), nil); err != nil {
		log.Panic(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	return s.Addrs()[0].String(), dir, func() {
		cancel()
		if err := <-done; err != nil {
			log.Panic(err)
		}
		if err := authority.Close(); err != nil {
			log.Panic(err)
		}
		if err := os.RemoveAll(dir); err != nil {
			log.Panic(err)
		}
	}
}
