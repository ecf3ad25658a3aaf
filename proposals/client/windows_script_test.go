package client

import (
	"fmt"
	"strings"
	"testing"
)

// custom is a call that sets a policy, with three parameters to come.
const custom = "Set-VpnConnectionIPsecConfiguration -ConnectionName A -AuthenticationTransformConstants SHA256128 " +
	"-CipherTransformConstants AES256 -PfsGroup None "

// TestWindowsVariables: where a script gives the values of its variables and
// hashtables, they are what it offers. The forms are those of Microsoft's pages
// about_Splatting, about_Hash_Tables and about_Variables, and of public scripts:
// Algo's Windows client, and scripts that begin with [ValidateSet()] parameters.
func TestWindowsVariables(t *testing.T) {
	const suite = "aes256-sha384-prfsha384-ecp384"
	const table = "@{ ConnectionName = 'A'; AuthenticationTransformConstants = 'GCMAES256'; CipherTransformConstants = 'GCMAES256'\n" +
		"  EncryptionMethod = 'AES256'; IntegrityCheckMethod = 'SHA384'; DHGroup = 'ECP384'; PfsGroup = 'ECP384' }\n"
	for name, script := range map[string]string{
		"hashtable":                  "$p = " + table + "Set-VpnConnectionIPsecConfiguration @p -Force",
		"ordered hashtable":          "[ordered]$p = [ordered]" + table + "Set-VpnConnectionIPsecConfiguration @P -Force | Out-Null",
		"two hashtables":             "$a = @{ ConnectionName = 'A'; DHGroup = 'ECP384' }\n$b = @{ EncryptionMethod = 'AES256'; IntegrityCheckMethod = 'SHA384' }\nSet-VpnConnectionIPsecConfiguration @a @b",
		"entry that is set":          "$p = " + strings.Replace(table, "'ECP384'", "'Group2'", 1) + "$p.DHGroup = 'ECP384'\nSet-VpnConnectionIPsecConfiguration @p",
		"entry by its name":          "$p = @{}\n$p['ConnectionName'] = 'A'\n$p[\"EncryptionMethod\"] = 'AES256'\n$p.IntegrityCheckMethod = 'SHA384'\n$p.DHGroup = 'ECP384'\nSet-VpnConnectionIPsecConfiguration @p",
		"entries that are added":     "$p = @{ ConnectionName = 'A' }\n$p += @{ EncryptionMethod = 'AES256'; IntegrityCheckMethod = 'SHA384' }\n$p.Add('DHGroup', 'ECP384')\nSet-VpnConnectionIPsecConfiguration @p",
		"named parameter wins":       "$p = " + table + "Set-VpnConnectionIPsecConfiguration @p -DHGroup ECP384",
		"entry of another":           "$c = @{ Name = 'A'; Dh = 'ECP384' }\n$p = @{ ConnectionName = $c.Name; EncryptionMethod = 'AES256'; IntegrityCheckMethod = 'SHA384'; DHGroup = $c['Dh'] }\nSet-VpnConnectionIPsecConfiguration @p",
		"nested hashtable":           "$c = @{ Ike = @{ Enc = 'AES256'; Hash = 'SHA384' } }\n" + custom + "-EncryptionMethod $c.Ike.Enc -IntegrityCheckMethod $c.Ike.Hash -DHGroup ECP384",
		"comments and quotes":        "$p = @{ # 'it's\n 'ConnectionName' = \"A\" # name\n <# DHGroup = 'Group2' #>\n \"EncryptionMethod\" = 'AES256'\n IntegrityCheckMethod='SHA384';DHGroup='ECP384'}\nSet-VpnConnectionIPsecConfiguration @p",
		"switches":                   "$p = @{ ConnectionName = 'A'; EncryptionMethod = 'AES256'; IntegrityCheckMethod = 'SHA384'; DHGroup = 'ECP384'; Force = [switch]::Present; AllUserConnection = $false; PassThru = $true }\nSet-VpnConnectionIPsecConfiguration @p",
		"variables with types":       "[string]$enc='AES256'\n[string] $hash = \"SHA384\"\n[ValidateSet('ECP384')][string]$dh = 'ECP384'\n" + custom + "-EncryptionMethod $enc -IntegrityCheckMethod \"$hash\" -DHGroup ${dh}",
		"defaults of parameters":     "[CmdletBinding()]\nparam(\n [Parameter(Mandatory=$false)]\n [ValidateSet('AES128','AES256')][string]$Enc = 'AES256', [string]$Hash = 'SHA384',\n [string]$Dh = 'ECP384'\n)\n" + custom + "-EncryptionMethod $Enc -IntegrityCheckMethod $Hash -DHGroup $Dh",
		"scopes":                     "$script:Enc = 'AES256'\n$global:Hash = 'SHA384'\n" + custom + "-EncryptionMethod $Enc -IntegrityCheckMethod $Hash -DHGroup ECP384",
		"text of variables":          "$bits = 384\n$dh = \"ECP$bits\"\n" + custom + "-EncryptionMethod AES256 -IntegrityCheckMethod \"SHA${bits}\" -DHGroup \"$dh\"",
		"expressions that don't say": "$p = " + table + "Add-VpnConnection -Name (Get-Name -For 'x') -ServerAddress $($c.Server) -TunnelType Sstp\n$x = Set-VpnConnectionIPsecConfiguration @p -Force",
		"in a block":                 "if (-not ($c)) {\n try {\n  $p = " + table + "  Set-VpnConnectionIPsecConfiguration @p -Force\n } catch { Write-Host \"it's bad\" }\n}",
		"names that others give":     "param($Name)\nAdd-VpnConnection -Name (Get-Name) -ServerAddress b -TunnelType Ikev2\n" + strings.Replace("$p = "+table, "'A'", "\"A\"", 1) + "Set-VpnConnectionIPsecConfiguration @p",
		"pipe":                       "Get-VpnConnection -Name A -AllUserConnection |\n Set-VpnConnectionIPsecConfiguration -AuthenticationTransformConstants GCMAES256 -CipherTransformConstants GCMAES256 -EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384 -PfsGroup None -Force",
		"pipe of a new one":          "Add-VpnConnection A vpn.example.com Ikev2 -PassThru | Set-VpnConnectionIPsecConfiguration -EncryptionMethod AES256 -IntegrityCheckMethod SHA384 -DHGroup ECP384",
		"entry that is taken away":   "$p = " + strings.Replace(table, "{", "{ Extra = 1;", 1) + "$p.Remove('Extra')\nSet-VpnConnectionIPsecConfiguration @p",
		"here-string before":         "$x = @\"\n$p = @{ DHGroup = 'Group2' }\nSet-VpnConnectionIPsecConfiguration @p # it's\n\"@\n$p = " + table + "Set-VpnConnectionIPsecConfiguration @p",
	} {
		policies, err := Import("", []byte(script), "")
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, script)
			continue
		}
		if len(policies) != 1 || policies[0].Name != "A" || offerText(policies[0]) != suite || policies[0].Doubt != "" {
			t.Errorf("%s: %s\n%s", name, told(policies, nil), script)
		}
	}
}

// TestWindowsUnknownValues: what the file does not give is named, and never the
// default offer.
func TestWindowsUnknownValues(t *testing.T) {
	testImportErrors(t, SyntaxWindows, []struct{ in, want string }{
		// variables that nothing uses
		{"$EncryptionMethod = 'AES256'\n$DHGroup = 'ECP384'\n# https://wiki.example.com: read it\n$PfsGroup = 'None'\n",
			"line 1: the file sets $EncryptionMethod, $DHGroup and $PfsGroup, and no VPN command in it uses them: import the script that calls Set-VpnConnectionIPsecConfiguration, with their values in it"},
		{"Write-Host 'see https://wiki.example.com for EncryptionMethod, IntegrityCheckMethod and DHGroup'\nName: value\n",
			"it has no IKEv2 connection (read as windows)"},
		{"$VpnIPsec = @{ EncryptionMethod = 'AES256'; IntegrityCheckMethod = 'SHA384'; DHGroup = 'ECP384' }\n",
			"line 1: the file sets $vpnipsec, and no VPN command in it uses them: import the script that calls Set-VpnConnectionIPsecConfiguration, with their values in it"},
		{"<VPNProfile><NativeProfile><NativeProtocolType>IKEv2</NativeProtocolType><CryptographySuite>\n<EncryptionMethod>$Enc</EncryptionMethod>" +
			"<IntegrityCheckMethod>SHA256</IntegrityCheckMethod><DHGroup>Group14</DHGroup></CryptographySuite></NativeProfile></VPNProfile>",
			`line 2: "$Enc" is a variable that the file does not set: write the EncryptionMethod in its place, one of DES, DES3, AES128, AES192, AES256, AES_GCM_128, AES_GCM_256`},
		// parameters that others give
		{"param($Enc, [string]$Dh = 'ECP384')\n" + custom + "-EncryptionMethod $Enc -IntegrityCheckMethod SHA256 -DHGroup $Dh",
			`line 2: "$Enc" has no value in the file, and is the EncryptionMethod of Set-VpnConnectionIPsecConfiguration: write its value there`},
		{custom + "-EncryptionMethod $config.ike.encryption -IntegrityCheckMethod SHA256 -DHGroup Group14",
			`line 1: "$config.ike.encryption" has no value in the file, and is the EncryptionMethod of Set-VpnConnectionIPsecConfiguration: write its value there`},
		{custom + "-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup $(if ($new) { 'ECP384' } else { 'Group14' })",
			`line 1: "DHGroup" is given by an expression, which is not evaluated: write its value in the line of Set-VpnConnectionIPsecConfiguration`},
		{"$enc = Get-Content enc.txt\n" + custom + "-EncryptionMethod $enc -IntegrityCheckMethod SHA256 -DHGroup Group14",
			`line 2: "$enc" has no value in the file, and is the EncryptionMethod of Set-VpnConnectionIPsecConfiguration: write its value there`},
		{"foreach ($dh in $groups) {\n" + custom + "-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup $dh }",
			`line 2: "$dh" has no value in the file, and is the DHGroup of Set-VpnConnectionIPsecConfiguration: write its value there`},
		{"Add-VpnConnection -Name A -ServerAddress b -TunnelType $Type",
			`line 1: "$Type" has no value in the file, and is the TunnelType of Add-VpnConnection: write its value there`},
		// hashtables
		{"$p = Import-PowerShellDataFile p.psd1\nSet-VpnConnectionIPsecConfiguration @p",
			`line 2: "@p" is a hashtable that the file does not set to @{...}: write its parameters in the line of Set-VpnConnectionIPsecConfiguration`},
		{"$p = @{\n ConnectionName = 'A'\n EncryptionMethod = $c.Enc\n IntegrityCheckMethod = 'SHA256'; DHGroup = 'Group14' }\nSet-VpnConnectionIPsecConfiguration @p",
			`line 3: "$c.Enc" has no value in the file, and is the EncryptionMethod of Set-VpnConnectionIPsecConfiguration: write its value there`},
		{"$p = @{ ConnectionName = 'A'\n EncrytionMethod = 'AES256' }\nSet-VpnConnectionIPsecConfiguration @p",
			`line 2: "encrytionmethod" is not a parameter of Set-VpnConnectionIPsecConfiguration; did you mean EncryptionMethod?`},
		// objects that are no connections
		{"DHGroup : see below\nEncryptionMethod and IntegrityCheckMethod: see above\n",
			"line 1: a word (not shown, because it may be a secret) is not a value of DHGroup: write one of None, Group1, Group2, Group14, ECP256, ECP384, Group24"},
		{"{\n\"Name\": \"A\", \"EncryptionMethods\": 1}",
			"line 1: an object has neither a TunnelType nor an IPSecCustomPolicy: it is not from Get-VpnConnection"},
		{"Set-VpnConnection -Name A -SplitTunneling $true\n", "it has no IKEv2 connection (read as windows)"},
		{"Get-Help Set-VpnConnectionIPsecConfiguration -Examples\nGet-Command Add-VpnConnection\n", "it has no IKEv2 connection (read as windows)"},
		{"Name : A\nTunnelType : Ikev2\nIPSecCustomPolicy : VpnConnectionIPsecConfiguration\n",
			`line 3: "IPSecCustomPolicy" shows that there is a custom policy, but not which one: write the connection with ConvertTo-Json -Depth 5`},
	})
}

// TestWindowsDoubts: what depends on how a script runs, or on what a list leaves
// out, is doubtful.
func TestWindowsDoubts(t *testing.T) {
	for script, want := range map[string]string{
		"$dh = 'Group14'\nif ($new) { $dh = 'ECP384' }\n" + custom + "-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup $dh":                                                                "the DHGroup of Set-VpnConnectionIPsecConfiguration to several values",
		"if ($new) { $dh = 'ECP384' } else { $dh = 'Group14' }\n" + custom + "-EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup $dh":                                                        "the DHGroup of Set-VpnConnectionIPsecConfiguration to several values",
		"$p = @{ ConnectionName = 'A'; EncryptionMethod = 'AES256'; IntegrityCheckMethod = 'SHA256'; DHGroup = 'Group14' }\nif ($new) { $p.DHGroup = 'ECP384' }\nSet-VpnConnectionIPsecConfiguration @p": "the DHGroup of Set-VpnConnectionIPsecConfiguration to several values",
		"Name : A\nTunnelType : Ikev2\nServerAddress : vpn.example.com\n":                                                                                                                                "does not show whether the connection has a custom policy",
	} {
		policies, err := Import("", []byte(script), SyntaxWindows)
		if err != nil || len(policies) != 1 || !strings.Contains(policies[0].Doubt, want) {
			t.Errorf("%s\n%s", script, told(policies, err))
		}
	}
}

// TestWindowsUnnamed: a policy for a connection whose name is a variable belongs to
// the one that the script makes.
func TestWindowsUnnamed(t *testing.T) {
	const add, set = "Add-VpnConnection -Name %s -ServerAddress vpn.example.com -TunnelType Ikev2\n",
		"Set-VpnConnectionIPsecConfiguration -ConnectionName %s -EncryptionMethod AES256 -IntegrityCheckMethod SHA256 -DHGroup Group14\n"
	for script, want := range map[string]string{
		fmt.Sprintf(add+set, "$VpnName", "$VpnName"):                                "$VpnName aes256-sha256-prfsha256-modp2048",
		"$p = @{ Name = $VpnName }\n" + fmt.Sprintf(add+set, "$VpnName", "$p.Name"): "$VpnName aes256-sha256-prfsha256-modp2048",
		"$n = $VpnName\n" + fmt.Sprintf(add+set, "$VpnName", "$n"):                  "$VpnName aes256-sha256-prfsha256-modp2048",
		fmt.Sprintf(add+set, "$VpnName", "$c.Name"):                                 "$c.Name aes256-sha256-prfsha256-modp2048",
		fmt.Sprintf(add+set, "$VpnName", "Office"):                                  "Office aes256-sha256-prfsha256-modp2048",
		fmt.Sprintf(add+set, "Office", "$VpnName"):                                  "Office aes256-sha256-prfsha256-modp2048",
		fmt.Sprintf(add+set, "Office", "Other"):                                     "Office windows-11, Other aes256-sha256-prfsha256-modp2048",
		fmt.Sprintf(add+add+set, "A", "B", "$VpnName"):                              "A windows-11 in doubt, B windows-11 in doubt, $VpnName aes256-sha256-prfsha256-modp2048",
	} {
		policies, err := Import("", []byte(script), "")
		var got []string
		for _, p := range policies {
			text := p.Name + " " + offerText(p)
			if strings.Contains(p.Doubt, "it may be this one") {
				text += " in doubt"
			}
			got = append(got, text)
		}
		if err != nil || strings.Join(got, ", ") != want {
			t.Errorf("%s\n got %s, %v\nwant %s", script, strings.Join(got, ", "), err, want)
		}
	}
}

// TestProfileXML: the names are those of Microsoft's page "VPNv2 CSP", the
// elements around them those of "ProfileXML XSD" and of the script in "Configure
// Windows Client Always On VPN Connections".
func TestProfileXML(t *testing.T) {
	const suite = "<CryptographySuite>\n<AuthenticationTransformConstants>SHA256128</AuthenticationTransformConstants>" +
		"<CipherTransformConstants>AES128</CipherTransformConstants><EncryptionMethod>%s</EncryptionMethod>\n" +
		"<IntegrityCheckMethod>%s</IntegrityCheckMethod>\n<DHGroup>%s</DHGroup><PfsGroup>PFS2048</PfsGroup></CryptographySuite>"
	with := func(encr, hash, group string) string {
		return strings.NewReplacer("AES%", encr).Replace(strings.Replace(strings.Replace(strings.Replace(suite, "%s", encr, 1), "%s", hash, 1), "%s", group, 1))
	}
	profile := func(native string) string {
		return "<VPNProfile>\n<ProfileName>A</ProfileName><AlwaysOn>true</AlwaysOn>\n<NativeProfile><Servers>vpn.example.com;vpn.example.com</Servers>" + native + "</NativeProfile></VPNProfile>"
	}
	const ikev2 = "<NativeProtocolType>IKEv2</NativeProtocolType>"
	one := profile(ikev2 + with("AES128", "SHA256", "Group14"))
	for text, want := range map[string]string{
		one: "aes128-sha256-prfsha256-modp2048",
		profile(ikev2 + with("AES_GCM_256", "SHA384", "ECP384")):                                           "aes256gcm16-prfsha384-ecp384",
		profile(ikev2 + with("DES3", "SHA196", "Group2")):                                                  "3des-sha1-prfsha1-modp1024",
		profile("<NativeProtocolType>Automatic</NativeProtocolType>" + with("AES256", "SHA256", "ECP256")): "aes256-sha256-prfsha256-ecp256",
		profile(ikev2): "windows-11",
		profile("<NativeProtocolType>ProtocolList</NativeProtocolType><ProtocolList><NativeProtocol><Type>Ikev2</Type></NativeProtocol><NativeProtocol><Type>Sstp</Type></NativeProtocol></ProtocolList>" + with("AES128", "SHA256", "Group14")): "aes128-sha256-prfsha256-modp2048",
		"$ProfileName = 'Template'\n$ProfileXML = @'\n" + one + "\n'@\n$p = $ProfileXML -replace '<', '&lt;'\n":                                                                                                                                  "aes128-sha256-prfsha256-modp2048",
		"<SyncML><Add><Item><Data>" + strings.NewReplacer("<", "&lt;", ">", "&gt;").Replace(one) + "</Data></Item></Add></SyncML>":                                                                                                               "aes128-sha256-prfsha256-modp2048",
	} {
		policies, err := Import("profile.xml", []byte(text), "")
		if err != nil || len(policies) != 1 || policies[0].Name != "A" || offerText(policies[0]) != want {
			t.Errorf("%s\n%s, want %s", text, told(policies, err), want)
		}
	}
	testImportErrors(t, SyntaxWindows, []struct{ in, want string }{
		{profile(ikev2 + with("GCMAES128", "SHA256", "Group14")), `line 4: "GCMAES128" is PowerShell's name of this EncryptionMethod: write AES_GCM_128`},
		{profile(ikev2 + with("AES128", "SHA512", "Group14")), `line 5: "SHA512" is not a value of IntegrityCheckMethod: write one of MD5, SHA196, SHA256, SHA384`},
		{profile(ikev2 + "<CryptographySuite><DHGroup>Group14</DHGroup></CryptographySuite>"), `line 3: its custom policy has no EncryptionMethod: give it one of DES, DES3, AES128, AES192, AES256, AES_GCM_128, AES_GCM_256`},
		{profile("<NativeProtocolType>L2tp</NativeProtocolType>"), "it has no IKEv2 connection (read as windows)"},
		{"<VPNProfile><PluginProfile><ServerUrlList>vpn.example.com</ServerUrlList></PluginProfile></VPNProfile>", "it has no IKEv2 connection (read as windows)"},
		{"\n<VPNProfile>\n<NativeProfile>", "line 3: the XML is not well-formed: unexpected EOF"},
	})
}
