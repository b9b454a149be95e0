// ioctl commands of clocks: real-time clocks (rtc(4)), PTP hardware clocks, watchdogs.

package syscalls

func ioctlClock() ioctlTable {
	return ioctlTable{
		0x7001:     ioNone,                                             // RTC_AIE_ON
		0x7002:     ioNone,                                             // RTC_AIE_OFF
		0x7003:     ioNone,                                             // RTC_UIE_ON
		0x7004:     ioNone,                                             // RTC_UIE_OFF
		0x7005:     ioNone,                                             // RTC_PIE_ON
		0x7006:     ioNone,                                             // RTC_PIE_OFF
		0x700f:     ioNone,                                             // RTC_WIE_ON
		0x7010:     ioNone,                                             // RTC_WIE_OFF
		0x7014:     ioNone,                                             // RTC_VL_CLR
		0x40247007: rtcTime.in(),                                       // RTC_ALM_SET
		0x80247008: rtcTime.out(),                                      // RTC_ALM_READ
		0x80247009: rtcTime.out(),                                      // RTC_RD_TIME
		0x4024700a: rtcTime.in(),                                       // RTC_SET_TIME
		0x8008700b: out(boxedWord(fUint)),                              // RTC_IRQP_READ
		0x4008700c: size,                                               // RTC_IRQP_SET
		0x8008700d: out(boxedWord(fUint)),                              // RTC_EPOCH_READ
		0x4008700e: size,                                               // RTC_EPOCH_SET
		0x4028700f: rtcAlarm.in(),                                      // RTC_WKALM_SET
		0x80287010: rtcAlarm.out(),                                     // RTC_WKALM_RD
		0x80207011: rtcPLL.out(),                                       // RTC_PLL_GET
		0x40207012: rtcPLL.in(),                                        // RTC_PLL_SET
		0x40187013: rtcParam.turns("param index __pad", "value __pad"), // RTC_PARAM_GET
		0x40187014: rtcParam.in(),                                      // RTC_PARAM_SET
		0x80047013: out(boxed(4, fFlags(&tRtcVL))),                     // RTC_VL_READ

		0x80503d01: ptpCaps.out(), // PTP_CLOCK_GETCAPS, PTP_CLOCK_GETCAPS2
		0x80503d0a: ptpCaps.out(),
		0x40103d02: ptpExtts.pick("index flags").in(), // PTP_EXTTS_REQUEST
		0x40103d0b: ptpExtts.in(),                     // PTP_EXTTS_REQUEST2
		0x40383d03: ptpPerout.in(),                    // PTP_PEROUT_REQUEST
		0x40383d0c: ptpPerout2.in(),                   // PTP_PEROUT_REQUEST2
		0x40043d04: x,                                 // PTP_ENABLE_PPS, PTP_ENABLE_PPS2
		0x40043d0d: x,
		0x43403d05: ptpOffset.inout("n_samples rsv", "ts"), // PTP_SYS_OFFSET, PTP_SYS_OFFSET2
		0x43403d0e: ptpOffset.inout("n_samples rsv", "ts"),
		0xc0603d06: ptpPin.inout("index", "name func chan"),     // PTP_PIN_GETFUNC
		0xc0603d0f: ptpPin.inout("index rsv", "name func chan"), // PTP_PIN_GETFUNC2
		0x40603d07: ptpPin.pick("index func chan").in(),         // PTP_PIN_SETFUNC
		0x40603d10: ptpPin.pick("index func chan rsv").in(),     // PTP_PIN_SETFUNC2
		0xc0403d08: ptpPrecise.out(),                            // PTP_SYS_OFFSET_PRECISE, PTP_SYS_OFFSET_PRECISE2
		0xc0403d11: ptpPrecise.out(),
		0xc4c03d09: ptpExtended.inout("n_samples rsv", "ts"), // PTP_SYS_OFFSET_EXTENDED, PTP_SYS_OFFSET_EXTENDED2
		0xc4c03d12: ptpExtended.inout("n_samples rsv", "ts"),

		0x80285700: since61(watchdogInfo.out()),           // WDIOC_GETSUPPORT
		0x80045701: out(intPtr),                           // WDIOC_GETSTATUS
		0x80045702: out(intPtr),                           // WDIOC_GETBOOTSTATUS
		0x80045703: out(intPtr),                           // WDIOC_GETTEMP
		0x80045704: since61(boxed(4, fFlags(&tWatchdog))), // WDIOC_SETOPTIONS
		0x80045705: ioNone,                                // WDIOC_KEEPALIVE
		0xc0045706: intPtr,                                // WDIOC_SETTIMEOUT
		0x80045707: out(intPtr),                           // WDIOC_GETTIMEOUT
		0xc0045708: intPtr,                                // WDIOC_SETPRETIMEOUT
		0x80045709: out(intPtr),                           // WDIOC_GETPRETIMEOUT
		0x8004570a: out(intPtr),                           // WDIOC_GETTIMELEFT
	}
}

var (
	rtcTime  = newRecord(i32("tm_sec"), i32("tm_min"), i32("tm_hour"), i32("tm_mday"), i32("tm_mon"), i32("tm_year"), more(), i32("tm_wday"), i32("tm_yday"), i32("tm_isdst"))
	rtcAlarm = newRecord(u8("enabled"), u8("pending"), sub("time", rtcTime))
	rtcPLL   = newRecord(i32("pll_ctrl"), i32("pll_value"), i32("pll_max"), i32("pll_min"), i32("pll_posmult"), i32("pll_negmult"), word("pll_clock", fLong))
	rtcParam = newRecord(natural("param", 8, fEnum(&tRtcParam)), union("param", 8, 8, variant{0, "", newRecord(natural("uvalue", 8, fFlags(&tRtcFeature)))},
		variant{1, "", newRecord(i64("svalue"))}, variant{2, "", newRecord(natural("uvalue", 8, fEnum(&tRtcSwitch)))}, variant{other, "", newRecord(h64("uvalue"))}).named("value"),
		u32le("index"), h32("__pad").ifSet())
)

var tRtcParam = table{"RTC_PARAM_???", []name{{0, "RTC_PARAM_FEATURES"}, {1, "RTC_PARAM_CORRECTION"}, {2, "RTC_PARAM_BACKUP_SWITCH_MODE"}}}

var tRtcFeature = table{"1<<RTC_FEATURE_???", []name{{1, "1<<RTC_FEATURE_ALARM"}, {2, "1<<RTC_FEATURE_ALARM_RES_MINUTE"}, {4, "1<<RTC_FEATURE_NEED_WEEK_DAY"},
	{8, "1<<RTC_FEATURE_ALARM_RES_2S"}, {0x10, "1<<RTC_FEATURE_UPDATE_INTERRUPT"}, {0x20, "1<<RTC_FEATURE_CORRECTION"},
	{0x40, "1<<RTC_FEATURE_BACKUP_SWITCH_MODE"}, {0x80, "1<<RTC_FEATURE_ALARM_WAKEUP_ONLY"}}}

var tRtcSwitch = table{"RTC_BSM_???", []name{{0, "RTC_BSM_DISABLED"}, {1, "RTC_BSM_DIRECT"}, {2, "RTC_BSM_LEVEL"}, {3, "RTC_BSM_STANDBY"}}}

var tRtcVL = table{"RTC_VL_???", []name{{1, "RTC_VL_DATA_INVALID"}, {2, "RTC_VL_BACKUP_LOW"}, {4, "RTC_VL_BACKUP_EMPTY"}, {8, "RTC_VL_ACCURACY_LOW"},
	{0x10, "RTC_VL_BACKUP_SWITCH"}}}

// PTP clocks: include/uapi/linux/ptp_clock.h. Times are seconds and nanoseconds; where they are
// moments, the date stands behind them.
var (
	ptpTime = newRecord(i64("sec"), u32le("nsec"), h32("reserved").ifSet())
	ptpCaps = newRecord(i32("max_adj"), i32("n_alarm"), i32("n_ext_ts"), i32("n_per_out"), i32("pps"), i32("n_pins"), i32("cross_timestamping"), i32("adjust_phase"),
		array(12, h32("rsv")).ifSet())
	ptpExtts    = newRecord(u32le("index"), flags32("flags", &tPtpExtts), array(2, h32("rsv")).ifSet())
	ptpPerout   = newPerout(peroutOn)
	ptpPerout2  = newPerout(peroutOn, variant{0, "", newRecord(array(4, h32("rsv")).ifSet())})
	peroutOn    = variant{peroutDuty, "", newRecord(sub("on", ptpTime))}
	ptpOffset   = newRecord(u32le("n_samples"), array(3, h32("rsv")).ifSet(), countedAs("n_samples", func(n uint64) uint64 { return 2*min(n, 25) + 1 }, 51, moment("ts")))
	ptpExtended = newRecord(u32le("n_samples"), array(3, h32("rsv")).ifSet(), counted("n_samples", 25, array(3, moment("ts"))))
	ptpPrecise  = newRecord(moment("device"), moment("sys_realtime"), sub("sys_monoraw", ptpTime), array(4, h32("rsv")).ifSet())
	ptpPin      = newRecord(text("name", 64), u32le("index"), enum32("func", &tPtpFunction), u32le("chan"), array(5, h32("rsv")).ifSet())
)

// newPerout is a request for a periodic signal that ends with one of the variants.
func newPerout(after ...variant) *record {
	return newRecord(union("flags", 16, 8, variant{0, "", newRecord(moment("start"))}, variant{peroutPhase, "", newRecord(sub("phase", ptpTime))}).masked(peroutPhase),
		sub("period", ptpTime), u32le("index"), flags32("flags", &tPtpPerout), union("flags", 16, 8, after...).masked(peroutDuty))
}

const (
	peroutDuty  = 2 // PTP_PEROUT_DUTY_CYCLE
	peroutPhase = 4 // PTP_PEROUT_PHASE
)

func moment(name string) field {
	f := sub(name, ptpTime)
	f.raw = func(c *Call, p []byte) {
		ptpTime.body(c, p)
		if c.opts.Style != Numbers {
			c.date(int64(u64(p)), uint64(u32(p[8:])), 9)
		}
	}
	return f
}

var tPtpExtts = table{"PTP_???", []name{{1, "PTP_ENABLE_FEATURE"}, {2, "PTP_RISING_EDGE"}, {4, "PTP_FALLING_EDGE"}, {8, "PTP_STRICT_FLAGS"}}}

var tPtpPerout = table{"PTP_PEROUT_???", []name{{1, "PTP_PEROUT_ONE_SHOT"}, {2, "PTP_PEROUT_DUTY_CYCLE"}, {4, "PTP_PEROUT_PHASE"}}}

var tPtpFunction = table{"PTP_PF_???", []name{{0, "PTP_PF_NONE"}, {1, "PTP_PF_EXTTS"}, {2, "PTP_PF_PEROUT"}, {3, "PTP_PF_PHYSYNC"}}}

var (
	watchdogInfo = newRecord(flags32("options", &tWatchdogInfo), u32le("firmware_version"), text("identity", 32))
)

var tWatchdog = table{"WDIOS_???", []name{{0xffffffff, "WDIOS_UNKNOWN"}, {1, "WDIOS_DISABLECARD"}, {2, "WDIOS_ENABLECARD"}, {4, "WDIOS_TEMPPANIC"}}}

var tWatchdogInfo = table{"WDIOF_???", []name{{0xffffffff, "WDIOF_UNKNOWN"}, {1, "WDIOF_OVERHEAT"}, {2, "WDIOF_FANFAULT"}, {4, "WDIOF_EXTERN1"},
	{8, "WDIOF_EXTERN2"}, {0x10, "WDIOF_POWERUNDER"}, {0x20, "WDIOF_CARDRESET"}, {0x40, "WDIOF_POWEROVER"}, {0x80, "WDIOF_SETTIMEOUT"},
	{0x100, "WDIOF_MAGICCLOSE"}, {0x200, "WDIOF_PRETIMEOUT"}, {0x400, "WDIOF_ALARMONLY"}, {0x8000, "WDIOF_KEEPALIVEPING"}}}
