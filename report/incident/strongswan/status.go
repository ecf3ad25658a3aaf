package strongswan

// statuses are what Microsoft's RRAS refuses a client with in a notify of its own (type
// 12345, MS_NOTIFY_STATUS), by number, as raserror.h and winerror.h have them.
var statuses = map[string]string{
	"646":   "the account may not log on at this time of day",
	"647":   "the account is disabled",
	"648":   "the password of the account has expired",
	"649":   "the account has no permission to dial in",
	"691":   "the user name or the password is wrong, or the authentication method is not permitted",
	"812":   "a policy of the server (RAS, NPS) does not allow the connection, such as for its authentication method or its account",
	"13801": "the credentials of IKE are not acceptable",
}
