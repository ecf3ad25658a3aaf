package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/ikescope/ikescope/cmd/ikescope/internal/build"
	"github.com/ikescope/ikescope/cmd/ikescope/internal/flagvalue"
	"github.com/ikescope/ikescope/proposals/english"
)

const about = `Ikescope shows what an IPsec gateway accepts in IKEv2, whether the path to it
works, and what is weak or missing, with the exchanges that prove it.

A TARGET is a host name or an address, optionally with the port of IKE, as in
host:500 or [2001:db8::1]:500, and the port of NAT traversal, as in
host:500+4500; or a range of up to 65,536 addresses, as in 192.0.2.0/24 or
192.0.2.1-20. @file stands for the targets in a file, one per line, and - for
those on standard input. Each address of a name is scanned on its own.`

const examples = `  ikescope demo                           look at a report, without a gateway
  ikescope vpn.example.com                full report on a gateway
  ikescope reach vpn.example.com          only the path: ports, NAT, round trips
  ikescope -o text -o json=vpn.json vpn.example.com
                                          a report to read, and one to keep
  ikescope -o json @gateways.txt          many gateways, for another program
  ikescope compare vpn.json --client windows-11
                                          does this client connect; if not, why
  ikescope explain vpn.json --client windows-11
                                          and the lines that would fix it
  ikescope explain 13868                  what an error means
  ikescope check vpn.example.com --policy intermediate --fail-on high -o gates
                                          a gate for a pipeline
  ikescope --plan                         what would be sent, without sending it
  ikescope --suite aes256gcm16-prfsha384-ecp384 vpn.example.com
                                          ask about this suite only
  ikescope --pcap vpn.pcap vpn.example.com
                                          keep every datagram as evidence
  ikescope 198.51.100.7:4500              only the port of NAT traversal
  ikescope mock --profile libreswan       a gateway to scan, on this machine`

// rootCommand returns the command with all that are below it. What runs after
// its arguments were found good sets started.
func (a *app) rootCommand(started *bool) *cobra.Command {
	setUpCobra()
	opts := newScanOptions()
	root := &cobra.Command{
		Use:     "ikescope [scan] TARGET...",
		Short:   "Show what an IPsec gateway accepts in IKEv2",
		Long:    about,
		Example: examples,
		// A bare target is a scan.
		Args: func(cmd *cobra.Command, args []string) error { return mistaken(cmd, args) },
		RunE: func(cmd *cobra.Command, args []string) error { return a.scan(cmd.Context(), opts, args) },

		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error {
			*started = true
			a.tellNotes(cmd.Flags())
			a.warnSlips(cmd)
			return a.configure(cmd)
		},
		Version: build.Version(),
	}
	root.SetVersionTemplate(build.Line())
	root.SetIn(a.in)
	root.SetOut(&a.help)
	root.SetErr(a.err)
	root.SetFlagErrorFunc(flagError)
	root.SetUsageFunc(writeUsage)
	opts.addFlags(root.Flags(), reportFormats)
	addToggle(root.Flags(), new(bool), "version", "", "print the version")
	a.addHelp(root)
	root.PersistentFlags().Var(flagvalue.File(&a.config), "config", "read settings from this file alone, or with none from no file")
	addGroup(root, "Ask gateways:", a.scanCommand(), a.reachCommand(), a.identityCommand(), a.loginCommand(), a.watchCommand(), a.compareCommand(), a.checkCommand())
	addGroup(root, "Read reports, errors and captures:", a.diffCommand(), a.convertCommand(), a.explainCommand(), a.captureCommand())
	addGroup(root, "Policies and clients:", a.clientCommand(), a.policyCommand())
	addGroup(root, "Try it on this machine:", a.demoCommand(), a.mockCommand())
	about := "About ikescope:"
	root.SetHelpCommandGroupID(about)
	root.SetCompletionCommandGroupID(about)
	addGroup(root, about, a.schemaCommand(), a.configCommand(), a.manCommand(), a.versionCommand())
	completeFlags(root)
	nameShell(root)
	nameTopic(root)
	tellExitCodes(root)
	return root
}

// addGroup adds commands below a heading of the help text, in their order.
func addGroup(root *cobra.Command, heading string, commands ...*cobra.Command) {
	root.AddGroup(&cobra.Group{ID: heading, Title: heading})
	for _, c := range commands {
		c.GroupID = heading
	}
	root.AddCommand(commands...)
}

// nameTopic makes help on a command that does not exist an error.
func nameTopic(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "help" {
			continue
		}
		cmd.Args = func(_ *cobra.Command, args []string) error {
			found, rest, err := root.Find(args)
			if err != nil || len(rest) > 0 {
				return usagef("help: %q is not a command; the commands are %s", strings.Join(args, " "), strings.Join(subcommands(found), ", "))
			}
			return nil
		}
	}
}

// nameShell makes completion without a shell that it knows an error, for its
// output is meant for a file.
func nameShell(root *cobra.Command) {
	root.InitDefaultCompletionCmd()
	for _, cmd := range root.Commands() {
		if cmd.Name() != "completion" {
			continue
		}
		wrong := usagef("completion: name a shell: %s", strings.Join(subcommands(cmd), ", "))
		cmd.Args = func(*cobra.Command, []string) error { return wrong }
		cmd.RunE = func(*cobra.Command, []string) error { return wrong }
	}
}

// mistaken tells a command that was misspelt from a target: a word that could
// be a host name, but also a slip of a command.
func mistaken(cmd *cobra.Command, args []string) error {
	if len(args) == 0 || strings.ContainsAny(args[0], ".:@-") {
		return nil
	}
	if near := flagvalue.Nearest(args[0], subcommands(cmd)); near != "" {
		return usagef("%q is not a command; did you mean %q? (a host of that name: ikescope scan %s)",
			args[0], near, args[0])
	}
	return nil
}

// noArguments refuses arguments, by the name of the command.
func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		name := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
		return usagef("%s takes no arguments, but %q was given", name, args[0])
	}
	return nil
}

// onlySubcommands is what a command takes that does nothing by itself.
func onlySubcommands(cmd *cobra.Command, args []string) error {
	names := subcommands(cmd)
	if len(args) == 0 {
		return usagef("%s: choose one of its commands: %s", cmd.Name(), strings.Join(names, ", "))
	}
	hint := "they are " + strings.Join(names, ", ")
	if near := flagvalue.Nearest(args[0], names); near != "" {
		hint = fmt.Sprintf("did you mean %q?", near)
	}
	return usagef("%s: %q is not a command; %s", cmd.Name(), args[0], hint)
}

// subcommands returns the names of the commands below cmd.
func subcommands(cmd *cobra.Command) []string {
	var names []string
	for _, c := range cmd.Commands() {
		names = append(names, c.Name())
	}
	return names
}

// flagError puts what is wrong with a flag into lines that begin with its name.
func flagError(cmd *cobra.Command, err error) error {
	var (
		value   *pflag.InvalidValueError
		unknown *pflag.NotExistError
		missing *pflag.ValueRequiredError
	)
	switch {
	case errors.As(err, &value):
		return usageOf("--"+value.GetFlag().Name, value.Unwrap())
	case errors.As(err, &missing):
		return usagef("--%s: needs a value: %s", missing.GetFlag().Name, missing.GetFlag().Usage)
	case errors.As(err, &unknown):
		return unknownFlag(cmd, unknown)
	}
	return usageError{err}
}

func unknownFlag(cmd *cobra.Command, e *pflag.NotExistError) error {
	name := strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name()+" ")
	if e.GetSpecifiedShortnames() != "" {
		hint := fmt.Sprintf("see %s --help-all", cmd.CommandPath())
		if ours, ok := otherFlags[e.GetSpecifiedName()]; ok {
			hint = ours
		}
		return usagef("-%s: %s has no such flag; %s", e.GetSpecifiedName(), name, hint)
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	hint := fmt.Sprintf("see %s --help-all", cmd.CommandPath())
	if near := flagvalue.Nearest(e.GetSpecifiedName(), names); near != "" {
		hint = fmt.Sprintf("did you mean --%s?", near)
	} else if ours, ok := otherFlags[e.GetSpecifiedName()]; ok {
		hint = ours
	} else if cmd.Name() == "login" && slices.Contains([]string{"password", "psk", "secret", "method", "user", "username", "certificate", "key", "identity"}, e.GetSpecifiedName()) {
		hint = "write it into the file of --credentials; flags can be seen by other users of this machine"
	} else if others := commandsWith(cmd.Root(), e.GetSpecifiedName()); len(others) > 0 {
		hint = "it is a flag of " + english.List(others, "and")
	}
	return usagef("--%s: %s has no such flag; %s", e.GetSpecifiedName(), name, hint)
}

// otherFlags are flags of other tools, and what is ours.
var otherFlags = map[string]string{
	"jsonl": "write -o jsonl", "format": "write -o FORMAT", "f": "write -o FORMAT",
	"list": "write @FILE for the targets in it", "file": "write @FILE for the targets in it", "input": "write @FILE for the targets in it",
	"i": "write @FILE for the targets in it", "t": "write --timeout", "r": "write --rate", "debug": "write -v", "d": "write -v", "V": "write --version",
	"threads": "write --parallel", "concurrency": "write --parallel", "retries": "write --tries",
	"colour": "write --color",
}

// commandsWith returns the commands below root that have a flag of that name.
func commandsWith(root *cobra.Command, name string) []string {
	var out []string
	for _, c := range root.Commands() {
		if c.Flags().Lookup(name) != nil {
			out = append(out, c.CommandPath())
		}
	}
	return out
}

// completeFlags tells shells the values of flags that take few.
func completeFlags(cmd *cobra.Command) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if v, ok := f.Value.(flagvalue.Choosable); ok {
			// It fails only for flags that do not exist.
			_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.FixedCompletions(v.Choices(), cobra.ShellCompDirectiveDefault))
		}
	})
	for _, c := range cmd.Commands() {
		completeFlags(c)
	}
}
