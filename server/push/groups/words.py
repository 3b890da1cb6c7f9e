"""Why an address is not taken for a bot or a webhook."""

from server.i18n import mark

NO_BOT = mark("This address belongs to no chat service that is known here.")
NOT_THAT_WAY = mark("This kind of address cannot be used: it does not post to a chat service.")
NOT_PUBLIC = mark("This address is not on the public internet, or cannot be found from here.")
NOT_HTTPS = mark("The address of a webhook begins with https.")
NO_ADDRESS = mark("This is no address that something could be posted to.")
NO_NAME = mark("Give it a name, of at most 40 characters.")
NO_PLACE = mark("There is no such place here.")
LONG = mark("This address is too long.")
