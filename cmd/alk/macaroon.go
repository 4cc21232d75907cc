package main

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"google.golang.org/protobuf/proto"
	"gopkg.in/macaroon.v2"

	"github.com/alkimiya/alkimiya/node/rpc/alkv1"
	"github.com/alkimiya/alkimiya/node/rpc/client"
)

func (a *app) macaroonCommand() *cobra.Command {
	cmd := &cobra.Command{Use: "macaroon", Short: "Make, show and revoke macaroons", Args: cobra.NoArgs, RunE: help}
	cmd.AddCommand(a.bakeCommand(), a.printCommand(), a.listCommand(), a.revokeCommand())
	return cmd
}

func (a *app) bakeCommand() *cobra.Command {
	var expires time.Duration
	var ip, out string
	var rootKey uint64
	cmd := a.command("bake PERMISSION...", "Make a macaroon with some permissions", cobra.MinimumNArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			req := &alkv1.BakeRequest{IpAddress: ip, RootKeyId: rootKey}
			for _, arg := range args {
				entity, action, ok := strings.Cut(arg, ":")
				if !ok {
					return errUsage("write it as wallet:read; `alk macaroon list --permissions` shows all", "%q is not a permission", arg)
				}
				req.Permissions = append(req.Permissions, &alkv1.Permission{Entity: entity, Action: action})
			}
			if expires != 0 {
				if expires < time.Second {
					return errUsage("write it as 90s, 30m or 24h", "expiry of %s is too short", expires)
				}
				seconds := uint64(expires / time.Second)
				req.TimeoutSeconds = &seconds
			}
			resp, err := c.Macaroons.Bake(ctx, req)
			if err != nil {
				return err
			}
			if out == "" {
				return a.show(resp, func(w io.Writer) { row(w, hex.EncodeToString(resp.GetMacaroon())) })
			}
			if err := writeNew(out, resp.GetMacaroon()); err != nil {
				return err
			}
			return a.show(&alkv1.BakeResponse{}, func(w io.Writer) { row(w, "written to", out) })
		})
	cmd.Long = "Make a macaroon. A permission is entity:action, such as wallet:read, or\n" +
		"uri:/alk.v1.WalletService/GetBalance for a single method. It is printed in\n" +
		"hexadecimal, or written to a file in binary."
	cmd.Flags().DurationVar(&expires, "expires", 0, "how long it is valid, as 24h; 0 for ever")
	cmd.Flags().StringVar(&ip, "ip", "", "the only IP address it may be used from")
	cmd.Flags().Uint64Var(&rootKey, "root-key", 0, "root key to make it from, for revoking it later; 0 is 4")
	cmd.Flags().StringVar(&out, "out", "", "write it to this new file, with mode 0600")
	return cmd
}

// writeNew writes a secret to a file that must not exist.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // the user's own choice of file
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

// printed is what a macaroon says about itself.
type printed struct {
	Location    string   `json:"location"`
	RootKeyID   string   `json:"root_key_id"`
	Permissions []string `json:"permissions"`
	Caveats     []string `json:"caveats"`
}

func (a *app) printCommand() *cobra.Command {
	return &cobra.Command{
		Use: "print [FILE]", Short: "Show what a macaroon allows; asks no daemon", Args: cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			path := a.macaroonPath()
			if len(args) > 0 {
				path = args[0]
			}
			raw, err := client.ReadMacaroon(path)
			if err != nil {
				return err
			}
			p, err := readMacaroon(raw)
			if err != nil {
				return fmt.Errorf("%s: %w", path, err)
			}
			if a.json {
				e := json.NewEncoder(a.out)
				e.SetIndent("", "  ")
				return e.Encode(p)
			}
			return a.show(nil, func(w io.Writer) {
				row(w, "location", p.Location)
				row(w, "root key", p.RootKeyID)
				for _, permission := range p.Permissions {
					row(w, "permission", permission)
				}
				for _, caveat := range p.Caveats {
					row(w, "caveat", caveat)
				}
			})
		},
	}
}

func readMacaroon(raw []byte) (*printed, error) {
	var m macaroon.Macaroon
	if err := m.UnmarshalBinary(raw); err != nil {
		return nil, fmt.Errorf("%w: %w", client.ErrMacaroon, err)
	}
	var id alkv1.MacaroonId
	// The first byte is the version of the identifier.
	if len(m.Id()) < 1 || proto.Unmarshal(m.Id()[1:], &id) != nil {
		return nil, fmt.Errorf("%w: its identifier is of another program", client.ErrMacaroon)
	}
	p := &printed{Location: m.Location(), RootKeyID: string(id.GetStorageId()), Permissions: []string{}, Caveats: []string{}}
	for _, op := range id.GetOps() {
		for _, action := range op.GetActions() {
			p.Permissions = append(p.Permissions, op.GetEntity()+":"+action)
		}
	}
	for _, caveat := range m.Caveats() {
		p.Caveats = append(p.Caveats, string(caveat.Id))
	}
	return p, nil
}

func (a *app) listCommand() *cobra.Command {
	var permissions bool
	cmd := a.command("list", "List the root keys, or what every method needs", cobra.NoArgs,
		func(ctx context.Context, c *client.Client, _ []string) error {
			if permissions {
				resp, err := c.Macaroons.ListPermissions(ctx, &alkv1.ListPermissionsRequest{})
				if err != nil {
					return err
				}
				return a.show(resp, func(w io.Writer) { permissionTable(w, resp.GetMethods()) })
			}
			resp, err := c.Macaroons.ListRootKeys(ctx, &alkv1.ListRootKeysRequest{})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) {
				row(w, "ROOT KEY", "USED FOR")
				names := map[uint64]string{1: adminMacaroon, 2: "readonly.macaroon", 3: "trader.macaroon"}
				for _, id := range resp.GetRootKeyIds() {
					row(w, id, names[id])
				}
			})
		})
	cmd.Flags().BoolVar(&permissions, "permissions", false, "list methods and the permissions they need")
	return cmd
}

func permissionTable(w io.Writer, methods []*alkv1.MethodPermissions) {
	row(w, "METHOD", "NEEDS")
	for _, m := range methods {
		needs := make([]string, len(m.GetPermissions()))
		for i, p := range m.GetPermissions() {
			needs[i] = p.GetEntity() + ":" + p.GetAction()
		}
		if len(needs) == 0 {
			needs = []string{"no macaroon"}
		}
		row(w, m.GetMethod(), strings.Join(needs, " "))
	}
}

func (a *app) revokeCommand() *cobra.Command {
	return a.command("revoke ROOT-KEY", "Delete a root key and so every macaroon made from it", cobra.ExactArgs(1),
		func(ctx context.Context, c *client.Client, args []string) error {
			id, err := strconv.ParseUint(args[0], 10, 64)
			if err != nil {
				return errUsage("`alk macaroon list` shows them", "%q is not the number of a root key", args[0])
			}
			resp, err := c.Macaroons.RevokeRootKey(ctx, &alkv1.RevokeRootKeyRequest{RootKeyId: id})
			if err != nil {
				return err
			}
			return a.show(resp, func(w io.Writer) { row(w, "revoked", id) })
		})
}
