// ioctl commands of lines of general-purpose input and output (gpio): include/uapi/linux/gpio.h.

package syscalls

func ioctlGPIO() ioctlTable {
	return ioctlTable{
		0x8044b401: newRecord(text("name", 32), text("label", 32), u32le("lines")).out(),                      // GPIO_GET_CHIPINFO_IOCTL
		0xc048b402: gpioLine.becomes("line_offset", "flags name consumer"),                                    // GPIO_GET_LINEINFO_IOCTL
		0xc048b40b: gpioLine.becomes("line_offset", "flags name consumer"),                                    // GPIO_GET_LINEINFO_WATCH_IOCTL
		0xc004b40c: newRecord(u32le("offset")).in(),                                                           // GPIO_GET_LINEINFO_UNWATCH_IOCTL
		0xc16cb403: gpioHandle.becomes("lines lineoffsets flags default_values consumer_label", "fd"),         // GPIO_GET_LINEHANDLE_IOCTL
		0xc030b404: gpioEvent.becomes("lineoffset handleflags eventflags consumer_label", "fd"),               // GPIO_GET_LINEEVENT_IOCTL
		0xc040b408: out(gpioValues.in()),                                                                      // GPIOHANDLE_GET_LINE_VALUES_IOCTL
		0xc040b409: gpioValues.in(),                                                                           // GPIOHANDLE_SET_LINE_VALUES_IOCTL
		0xc054b40a: newRecord(flags32("flags", &tGpioHandle), array(64, u8("default_values")), pad(16)).in(),  // GPIOHANDLE_SET_CONFIG_IOCTL
		0xc100b405: gpio2Info.becomes("offset", "name consumer flags num_attrs attrs padding"),                // GPIO_V2_GET_LINEINFO_IOCTL
		0xc100b406: gpio2Info.becomes("offset", "name consumer flags num_attrs attrs padding"),                // GPIO_V2_GET_LINEINFO_WATCH_IOCTL
		0xc250b407: gpio2Request.becomes("num_lines offsets consumer config event_buffer_size padding", "fd"), // GPIO_V2_GET_LINE_IOCTL
		0xc110b40d: gpio2Config.in(),                                                                          // GPIO_V2_LINE_SET_CONFIG_IOCTL
		0xc010b40e: gpio2Values.becomes("mask", "bits"),                                                       // GPIO_V2_LINE_GET_VALUES_IOCTL
		0xc010b40f: gpio2Values.in(),                                                                          // GPIO_V2_LINE_SET_VALUES_IOCTL
	}
}

var (
	gpioLine   = newRecord(u32le("line_offset"), flags32("flags", &tGpioLine), text("name", 32), text("consumer", 32))
	gpioHandle = newRecord(counted("lines", 64, u32le("lineoffsets")), flags32("flags", &tGpioHandle), counted("lines", 64, u8("default_values")),
		text("consumer_label", 32), u32le("lines"), fdOf("fd"))
	gpioEvent  = newRecord(u32le("lineoffset"), flags32("handleflags", &tGpioHandle), flags32("eventflags", &tGpioEvent), text("consumer_label", 32), fdOf("fd"))
	gpioValues = newRecord(array(64, u8("values")))

	gpio2Attr = newRecord(u32le("id"), h32("padding").ifSet(), h64("data"))
	gpio2Data = map[uint64]*record{ // by the attribute's id
		1: newRecord(natural("flags", 8, fFlags(&tGpio2Line))),
		2: newRecord(h64("values")),
		3: newRecord(u32le("debounce_period_us"), pad(4)),
	}
	gpio2Config  = newRecord(natural("flags", 8, fFlags(&tGpio2Line)), u32le("num_attrs"), tuple(5, h32("padding")).ifSet(), counted("num_attrs", 10, gpioAttr("attrs", 24)).unlessNone())
	gpio2Request = newRecord(counted("num_lines", 64, u32le("offsets")), text("consumer", 32), sub("config", gpio2Config), u32le("num_lines"), u32le("event_buffer_size").ifSet(),
		tuple(5, h32("padding")).ifSet(), fdOf("fd"))
	gpio2Info = newRecord(text("name", 32), text("consumer", 32), u32le("offset"), u32le("num_attrs"), natural("flags", 8, fFlags(&tGpio2Line)),
		counted("num_attrs", 10, gpioAttr("attrs", 16)).unlessNone(), tuple(4, h32("padding")).ifSet())
	gpio2Values = newRecord(h64("bits"), h64("mask"))
)

// gpioAttr is an attribute, with a mask of lines behind it where there are 24 bytes.
func gpioAttr(name string, size int) field {
	f := octets(name, size)
	f.aligns = [layouts]int{8, 8, 8}
	f.raw = func(c *Call, p []byte) {
		attr, masked := p[:16], len(p) > 16
		c.byte('{')
		if r := gpio2Data[gpio2Attr.get(c, attr, "id")]; r != nil && gpio2Attr.get(c, attr, "padding") == 0 {
			r.some(c, attr[8:], true)
		} else if masked {
			c.str("attr=")
			gpio2Attr.body(c, attr)
		} else {
			gpio2Attr.some(c, attr, true)
		}
		if masked {
			c.str(", mask=")
			c.hex(u64(p[16:]))
		}
		c.byte('}')
	}
	return f
}

var tGpioLine = table{"GPIOLINE_FLAG_???", []name{{1, "GPIOLINE_FLAG_KERNEL"}, {2, "GPIOLINE_FLAG_IS_OUT"}, {4, "GPIOLINE_FLAG_ACTIVE_LOW"},
	{8, "GPIOLINE_FLAG_OPEN_DRAIN"}, {0x10, "GPIOLINE_FLAG_OPEN_SOURCE"}, {0x20, "GPIOLINE_FLAG_BIAS_PULL_UP"}, {0x40, "GPIOLINE_FLAG_BIAS_PULL_DOWN"},
	{0x80, "GPIOLINE_FLAG_BIAS_DISABLE"}}}

var tGpioHandle = table{"GPIOHANDLE_REQUEST_???", []name{{1, "GPIOHANDLE_REQUEST_INPUT"}, {2, "GPIOHANDLE_REQUEST_OUTPUT"},
	{4, "GPIOHANDLE_REQUEST_ACTIVE_LOW"}, {8, "GPIOHANDLE_REQUEST_OPEN_DRAIN"}, {0x10, "GPIOHANDLE_REQUEST_OPEN_SOURCE"},
	{0x20, "GPIOHANDLE_REQUEST_BIAS_PULL_UP"}, {0x40, "GPIOHANDLE_REQUEST_BIAS_PULL_DOWN"}, {0x80, "GPIOHANDLE_REQUEST_BIAS_DISABLE"}}}

var tGpioEvent = table{"GPIOEVENT_REQUEST_???", []name{{3, "GPIOEVENT_REQUEST_BOTH_EDGES"}, {1, "GPIOEVENT_REQUEST_RISING_EDGE"}, {2, "GPIOEVENT_REQUEST_FALLING_EDGE"}}}

var tGpio2Line = table{"GPIO_V2_LINE_FLAG_???", []name{{1, "GPIO_V2_LINE_FLAG_USED"}, {2, "GPIO_V2_LINE_FLAG_ACTIVE_LOW"}, {4, "GPIO_V2_LINE_FLAG_INPUT"},
	{8, "GPIO_V2_LINE_FLAG_OUTPUT"}, {0x10, "GPIO_V2_LINE_FLAG_EDGE_RISING"}, {0x20, "GPIO_V2_LINE_FLAG_EDGE_FALLING"},
	{0x40, "GPIO_V2_LINE_FLAG_OPEN_DRAIN"}, {0x80, "GPIO_V2_LINE_FLAG_OPEN_SOURCE"}, {0x100, "GPIO_V2_LINE_FLAG_BIAS_PULL_UP"},
	{0x200, "GPIO_V2_LINE_FLAG_BIAS_PULL_DOWN"}, {0x400, "GPIO_V2_LINE_FLAG_BIAS_DISABLED"}, {0x800, "GPIO_V2_LINE_FLAG_EVENT_CLOCK_REALTIME"},
	{0x1000, "GPIO_V2_LINE_FLAG_EVENT_CLOCK_HTE"}}}
